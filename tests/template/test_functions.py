"""Each function has its log group, its settings, and only the permissions it needs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from catalog.model_records import new_model_id
from common.settings import (
    ImagesSettings,
    ModelsSettings,
    PresignSettings,
    ProcessorSettings,
    PublisherSettings,
    RecoverySettings,
    TrainerSettings,
    from_env,
)
from images import batches
from local.aws.iam import Permission, Statement
from local.lambda_.schedules import Schedule, load_schedules
from local.template.names import PSEUDO_PARAMETERS
from local.template.template import Template
from processor.events import MAX_RECEIVE_COUNT
from processor.parking import MAX_EVENT_AGE, RECEIVED_SECONDS
from retries.queue import QUEUED_SECONDS
from tests.cloud import ALL_DETECTORS, CUSTOM_MODEL_ARN, EVENTS, MODELS
from tests.template.support import ALL_FUNCTIONS, FUNCTIONS, MODEL_FUNCTIONS, allowed, load, statements
from trainer.projects import VERSION_NAME

INPUT = "arn:aws:s3:::local-input-123456789012-us-east-1"
OUTPUT = "arn:aws:s3:::local-output-123456789012-us-east-1"
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/CatalogTable"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:RetryQueue"


@pytest.fixture(scope="module")
def everything() -> Template:
    """The template with all functions."""
    return load(**EVENTS, **MODELS)


def test_events_and_models_add_functions(template: Template, everything: Template) -> None:
    assert set(template.resources("AWS::Lambda::Function")) == set(FUNCTIONS)
    assert set(everything.resources("AWS::Lambda::Function")) == set(ALL_FUNCTIONS)


def test_each_function_has_a_log_group_with_retention(everything: Template) -> None:
    groups = everything.resources("AWS::Logs::LogGroup")
    for name, properties in everything.resources("AWS::Lambda::Function").items():
        group = groups[name.replace("Function", "LogGroup")]
        assert properties["LoggingConfig"] == {"LogFormat": "JSON", "LogGroup": group["LogGroupName"]}
    assert {str(group["RetentionInDays"]) for group in groups.values()} == {"14"}


def test_every_function_is_traced_unless_that_is_off(everything: Template) -> None:
    untraced = load(**EVENTS, **MODELS, Tracing="PassThrough")
    for template, mode in ((everything, "Active"), (untraced, "PassThrough")):
        functions = template.resources("AWS::Lambda::Function")
        modes = {name: entry["TracingConfig"]["Mode"] for name, entry in functions.items()}
        assert modes == dict.fromkeys(ALL_FUNCTIONS, mode)


def test_each_function_has_a_role_of_its_own(everything: Template) -> None:
    functions = everything.resources("AWS::Lambda::Function")
    assert {name: properties["Role"] for name, properties in functions.items()} == {
        name: f"arn:aws:iam::123456789012:role/{name}Role" for name in ALL_FUNCTIONS
    }
    assert set(everything.resources("AWS::IAM::Role")) == {f"{name}Role" for name in ALL_FUNCTIONS}


# Moderation has only custom adapters as resources, which this stack doesn't use.
WITHOUT_RESOURCES = {
    "rekognition:DetectLabels",
    "rekognition:DetectModerationLabels",
    "rekognition:DetectText",
    "rekognition:DetectFaces",
    "rekognition:RecognizeCelebrities",
    "rekognition:DetectProtectiveEquipment",
    "rekognition:DescribeProjects",
}


@pytest.mark.parametrize("function", [*FUNCTIONS, *MODEL_FUNCTIONS])
def test_each_statement_allows_one_action_on_one_resource(function: str) -> None:
    for statement in statements(load(**ALL_DETECTORS, **MODELS), function):
        action, resource = statement["Action"], statement["Resource"]
        assert (statement["Effect"], type(action), type(resource)) == ("Allow", str, str)
        assert "*" not in action
        assert (resource == "*") == (action in WITHOUT_RESOURCES)


def test_presign_has_only_the_permissions_it_needs(template: Template) -> None:
    assert allowed(template, "PresignFunction") == {
        ("s3:PutObject", f"{INPUT}/uploads/*"),
        ("s3:GetObject", f"{INPUT}/uploads/*"),
        ("s3:ListBucket", INPUT),
        ("dynamodb:GetItem", TABLE),
        ("dynamodb:PutItem", TABLE),
        ("dynamodb:BatchWriteItem", TABLE),
        ("dynamodb:DeleteItem", TABLE),
        ("dynamodb:UpdateItem", TABLE),
        ("sqs:SendMessage", QUEUE),
    }


def test_images_has_only_the_permissions_it_needs(template: Template) -> None:
    assert allowed(template, "ImagesFunction") == {
        ("s3:GetObject", f"{INPUT}/uploads/*"),
        ("s3:ListBucket", INPUT),
        ("s3:DeleteObject", f"{INPUT}/uploads/*"),
        ("s3:GetObject", f"{OUTPUT}/uploads/*"),
        ("s3:ListBucket", OUTPUT),
        ("s3:DeleteObject", f"{OUTPUT}/uploads/*"),
        ("dynamodb:GetItem", TABLE),
        ("dynamodb:Query", TABLE),
        ("dynamodb:BatchGetItem", TABLE),
        ("dynamodb:UpdateItem", TABLE),
        ("dynamodb:PutItem", TABLE),
        ("dynamodb:BatchWriteItem", TABLE),
        ("dynamodb:DeleteItem", TABLE),
        ("sqs:SendMessage", QUEUE),
    }


def test_recovery_has_only_the_permissions_it_needs(template: Template) -> None:
    assert allowed(template, "RecoveryFunction") == {
        ("dynamodb:Query", f"{TABLE}/index/PendingImages"),
        ("dynamodb:BatchGetItem", TABLE),
        ("dynamodb:GetItem", TABLE),
        ("dynamodb:UpdateItem", TABLE),
        ("s3:GetObject", f"{INPUT}/uploads/*"),
        ("s3:ListBucket", INPUT),
        ("sqs:SendMessage", QUEUE),
    }


PROCESSOR = {
    ("s3:GetObject", f"{INPUT}/*"),
    ("s3:ListBucket", INPUT),
    ("s3:PutObject", f"{OUTPUT}/*"),
    ("s3:GetObject", f"{OUTPUT}/*.json"),
    ("s3:GetObject", f"{OUTPUT}/uploads/*.webp"),
    ("s3:GetObject", f"{OUTPUT}/*.answers"),
    ("s3:GetObject", f"{OUTPUT}/*.answers.jpg"),
    ("s3:ListBucket", OUTPUT),
    ("dynamodb:GetItem", TABLE),
    ("dynamodb:UpdateItem", TABLE),
    ("dynamodb:PutItem", TABLE),
    ("dynamodb:DeleteItem", TABLE),
    ("dynamodb:Query", TABLE),
    ("dynamodb:BatchWriteItem", TABLE),
    ("s3:DeleteObject", f"{OUTPUT}/*"),
    ("s3:DeleteObject", f"{INPUT}/uploads/*"),
    ("sqs:SendMessage", QUEUE),
}


def test_the_processor_can_call_only_the_enabled_detectors(template: Template) -> None:
    assert allowed(template, "ProcessorFunction") == PROCESSOR | {("rekognition:DetectLabels", "*")}


def test_the_processor_can_call_all_detectors_if_all_are_enabled(all_detectors: Template) -> None:
    assert allowed(all_detectors, "ProcessorFunction") == PROCESSOR | {
        ("rekognition:DetectLabels", "*"),
        ("rekognition:DetectModerationLabels", "*"),
        ("rekognition:DetectText", "*"),
        ("rekognition:DetectFaces", "*"),
        ("rekognition:RecognizeCelebrities", "*"),
        ("rekognition:DetectProtectiveEquipment", "*"),
        ("rekognition:DetectCustomLabels", CUSTOM_MODEL_ARN),
    }


def test_the_processor_can_call_only_the_stacks_own_models() -> None:
    models = "arn:aws:rekognition:us-east-1:123456789012:project/local-????????????????/version/1/*"
    assert allowed(load(TrainModels="true"), "ProcessorFunction") == PROCESSOR | {
        ("rekognition:DetectLabels", "*"),
        ("rekognition:DetectCustomLabels", models),
        ("dynamodb:BatchGetItem", TABLE),
    }


PROJECTS = "arn:aws:rekognition:us-east-1:123456789012:project/local-????????????????"


def test_models_has_only_the_permissions_it_needs(everything: Template) -> None:
    assert allowed(everything, "ModelsFunction") == {
        ("dynamodb:GetItem", TABLE),
        ("dynamodb:Query", TABLE),
        ("dynamodb:BatchGetItem", TABLE),
        ("dynamodb:PutItem", TABLE),
        ("dynamodb:UpdateItem", TABLE),
    }


def test_the_trainer_has_only_the_permissions_it_needs(everything: Template) -> None:
    assert allowed(everything, "TrainerFunction") == {
        ("s3:GetObject", f"{INPUT}/uploads/*"),
        ("s3:ListBucket", INPUT),
        ("s3:PutObject", f"{OUTPUT}/models/*"),
        ("s3:GetObject", f"{OUTPUT}/models/*"),
        ("s3:GetObjectAcl", f"{OUTPUT}/models/*"),
        ("s3:GetObjectTagging", f"{OUTPUT}/models/*"),
        ("s3:GetObjectVersion", f"{OUTPUT}/models/*"),
        ("s3:GetBucketAcl", OUTPUT),
        ("s3:GetBucketLocation", OUTPUT),
        ("s3:DeleteObject", f"{OUTPUT}/models/*"),
        ("s3:ListBucket", OUTPUT),
        ("dynamodb:GetItem", TABLE),
        ("dynamodb:Query", TABLE),
        ("dynamodb:BatchGetItem", TABLE),
        ("dynamodb:UpdateItem", TABLE),
        ("dynamodb:PutItem", TABLE),
        ("dynamodb:DeleteItem", TABLE),
        ("dynamodb:BatchWriteItem", TABLE),
        ("sqs:SendMessage", QUEUE),
        ("rekognition:CreateProject", f"{PROJECTS}/*"),
        ("rekognition:DescribeProjects", "*"),
        ("rekognition:CreateDataset", f"{PROJECTS}/*"),
        ("rekognition:CreateProjectVersion", f"{PROJECTS}/*"),
        ("rekognition:DescribeProjectVersions", f"{PROJECTS}/*"),
        ("rekognition:StartProjectVersion", f"{PROJECTS}/version/1/*"),
        ("rekognition:StopProjectVersion", f"{PROJECTS}/version/1/*"),
        ("rekognition:DeleteProjectVersion", f"{PROJECTS}/version/1/*"),
        ("rekognition:DeleteDataset", f"{PROJECTS}/dataset/*"),
        ("rekognition:DeleteProject", f"{PROJECTS}/*"),
    }


def test_models_of_stacks_whose_names_begin_alike_are_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PSEUDO_PARAMETERS, "AWS::StackName", "photos")
    template = load(**MODELS)
    granted = [
        Statement(True, action, resource)
        for function in ("ProcessorFunction", "TrainerFunction")
        for action, resource in allowed(template, function)
        if ":project/" in resource
    ]
    assert len(granted) == 10

    def reached(stack: str) -> list[bool]:
        project = (
            f"arn:aws:rekognition:us-east-1:123456789012:project/{stack}-{new_model_id('alice', 'Parts')}"
        )
        names = ("1", f"version/{VERSION_NAME}/1", "dataset/train/1")
        arns = [f"{project}/{name}" for name in names]
        return [any(each.covers(Permission(each.action, arn)) for arn in arns) for each in granted]

    assert all(reached("photos"))
    for other in ("photos-prod", "photos-a", "photos2", "my-photos", "photo"):
        assert not any(reached(other))


def test_no_service_may_read_the_output_bucket(everything: Template) -> None:
    """Rekognition reads datasets with the permissions of the trainer."""
    policy = everything.resources("AWS::S3::BucketPolicy")["OutputBucketPolicy"]["PolicyDocument"]
    assert [statement["Sid"] for statement in policy["Statement"]] == ["TlsOnly"]


def test_the_copies_of_pictures_expire(template: Template, everything: Template) -> None:
    def rules(template: Template) -> list[dict[str, Any]]:
        bucket = template.resources("AWS::S3::Bucket")["OutputBucket"]
        return [rule for rule in bucket["LifecycleConfiguration"]["Rules"] if rule["Id"] == "models"]

    assert rules(template) == []
    assert rules(everything) == [
        {"Id": "models", "Status": "Enabled", "Prefix": "models/", "ExpirationInDays": 7}
    ]


def test_the_trainer_runs_every_minute_and_is_not_retried(everything: Template) -> None:
    assert Schedule("TrainerFunctionEveryMinute", "TrainerFunction", 60) in load_schedules(everything)
    (config,) = [
        config
        for config in everything.resources("AWS::Lambda::EventInvokeConfig").values()
        if config["FunctionName"] == "TrainerFunction"
    ]
    assert config["MaximumRetryAttempts"] == 0


def test_the_settings_read_the_whole_environment(everything: Template) -> None:
    functions = everything.resources("AWS::Lambda::Function")
    readers: dict[str, type[Any]] = {
        "PresignFunction": PresignSettings,
        "ProcessorFunction": ProcessorSettings,
        "ImagesFunction": ImagesSettings,
        "RecoveryFunction": RecoverySettings,
        "PublisherFunction": PublisherSettings,
        "ModelsFunction": ModelsSettings,
        "TrainerFunction": TrainerSettings,
    }
    assert set(readers) == set(functions)
    for name, kind in readers.items():
        variables = {key: str(value) for key, value in functions[name]["Environment"]["Variables"].items()}
        read = {field.upper() for field in from_env(kind, variables).__dataclass_fields__}
        read.discard("METRICS_NAMESPACE")  # the publisher's and the trainer's settings have it, too
        if name == "PublisherFunction":
            read |= {"INPUT_BUCKET", "CATALOG_TABLE"}  # every function has these two, but it calls neither
        if name == "ModelsFunction":
            read.add("INPUT_BUCKET")
        assert {name: variables[name] for name in variables.keys() - read} == {
            "METRICS_NAMESPACE": "local",  # read by common.metrics
            # declared so that sam local can set them; boto3 ignores the empty values
            "AWS_ENDPOINT_URL": "",
            "HTTP_PROXY": "",
        }


def test_the_retry_queue_has_a_long_visibility_timeout_and_a_dead_letter_queue(template: Template) -> None:
    queues = template.resources("AWS::SQS::Queue")
    processor = template.resources("AWS::Lambda::Function")["ProcessorFunction"]
    assert queues["RetryQueue"]["VisibilityTimeout"] == 6 * processor["Timeout"]
    assert queues["RetryQueue"]["RedrivePolicy"] == {
        "deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:DeadLetterQueue",
        "maxReceiveCount": 21,
    }
    assert processor["Timeout"] == 60


def test_the_retries_outlast_an_outage_of_an_hour(template: Template) -> None:
    queue = template.resources("AWS::SQS::Queue")["RetryQueue"]
    tries = queue["RedrivePolicy"]["maxReceiveCount"] - 1  # the last receive records the failure
    assert tries == MAX_RECEIVE_COUNT - 1
    assert (tries - 1) * queue["VisibilityTimeout"] > 3600
    assert queue["MessageRetentionPeriod"] > 24 * 3600


def test_recovery_runs_every_hour_and_is_not_retried(template: Template) -> None:
    assert load_schedules(template) == [Schedule("RecoveryFunctionHourly", "RecoveryFunction", 3600)]
    (config,) = [
        config
        for config in template.resources("AWS::Lambda::EventInvokeConfig").values()
        if config["FunctionName"] == "RecoveryFunction"
    ]
    assert config["MaximumRetryAttempts"] == 0


def test_a_queued_image_is_kept_as_long_as_its_message(template: Template) -> None:
    retry_queue = template.resources("AWS::SQS::Queue")["RetryQueue"]
    assert retry_queue["MessageRetentionPeriod"] >= QUEUED_SECONDS
    receives = retry_queue["RedrivePolicy"]["maxReceiveCount"]
    assert receives * retry_queue["VisibilityTimeout"] <= RECEIVED_SECONDS


def test_an_event_waits_for_lambda_as_long_as_the_processor_assumes(template: Template) -> None:
    configs = template.resources("AWS::Lambda::EventInvokeConfig").values()
    [age] = [
        config["MaximumEventAgeInSeconds"]
        for config in configs
        if config["FunctionName"] == "ProcessorFunction"
    ]
    assert timedelta(seconds=age) == MAX_EVENT_AGE


def test_a_higher_quota_is_used_by_more_retries_at_once(source: dict[str, Any]) -> None:
    quotas = source["Parameters"]["RekognitionCallsPerSecond"]["AllowedValues"]
    mapping = source["Mappings"]["RetryConcurrency"]
    assert list(mapping) == [str(quota) for quota in quotas]
    batches = [entry["Batches"] for entry in mapping.values()]
    assert batches == sorted(batches)
    assert batches[0] >= 2  # Lambda's minimum


@pytest.mark.parametrize(("quota", "batches"), [("5", 4), ("50", 40)])
def test_the_retry_queue_is_drained_at_the_pace_of_the_quota(quota: str, batches: int) -> None:
    template = load(RekognitionCallsPerSecond=quota)
    [mapping] = template.resources("AWS::Lambda::EventSourceMapping").values()
    assert (mapping["BatchSize"], mapping["ScalingConfig"]) == (10, {"MaximumConcurrency": batches})


def test_a_batch_ends_before_its_function_and_before_the_api_gives_up(template: Template) -> None:
    timeout = template.resources("AWS::Lambda::Function")["ImagesFunction"]["Timeout"]
    assert batches.SECONDS + 5 <= timeout < 30  # the limit of an HTTP API
