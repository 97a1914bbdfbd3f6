"""Options for accounts with their own rules. Each is off unless its parameter is set."""

from __future__ import annotations

from typing import Any

import pytest

from local.template.parameters import ParameterError
from local.template.template import Template
from tests.cloud import ENTERPRISE_OPTIONS, EVENTS, MODELS
from tests.template.support import ALL_FUNCTIONS, FUNCTIONS, allowed, broken_rules, load

KEY = ENTERPRISE_OPTIONS["KmsKeyArn"]
DECRYPT, GENERATE = ("kms:Decrypt", KEY), ("kms:GenerateDataKey", KEY)


def load_with(name: str) -> Template:
    return load(**{name: ENTERPRISE_OPTIONS[name]}, **EVENTS, **MODELS)


def values(template: Template, resource_type: str, name: str) -> dict[str, Any]:
    """Return the value of a property, or None, by logical id."""
    return {key: entry.get(name) for key, entry in template.resources(resource_type).items()}


def test_all_options_can_be_set_together() -> None:
    assert broken_rules(**ENTERPRISE_OPTIONS) == []


@pytest.mark.parametrize("name", ENTERPRISE_OPTIONS)
def test_no_option_is_set_by_default(source: dict[str, Any], name: str) -> None:
    assert source["Parameters"][name]["Default"] == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ApiConcurrency", "0"),
        ("ProcessorConcurrency", "4"),  # the retry queue alone takes four
        ("PermissionsBoundaryArn", "boundary"),
        ("KmsKeyArn", "arn:aws:kms:us-east-1:123456789012:alias/pictures"),
        ("SiteDomainName", "https://pictures.example.com"),
        ("SiteCertificateArn", "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d"),
        ("WebAclArn", "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/page/0a1b2c3d"),
        ("AccessLogBucket", "arn:aws:s3:::access-logs"),
    ],
)
def test_rejects_a_value_that_the_deployment_would_fail_with(
    source: dict[str, Any], name: str, value: str
) -> None:
    required = source["Parameters"][name]["ConstraintDescription"]
    with pytest.raises(ParameterError) as caught:
        load(**{name: value})
    assert str(caught.value) == f"The parameter {name} can't be {value!r}: it must be {required}."


def test_concurrency_is_reserved_only_on_request(template: Template) -> None:
    both = load(ApiConcurrency="20", ProcessorConcurrency="5", **MODELS)
    reserved = [
        values(each, "AWS::Lambda::Function", "ReservedConcurrentExecutions") for each in (template, both)
    ]
    assert reserved == [
        dict.fromkeys(FUNCTIONS),
        {
            "PresignFunction": "20",
            "ProcessorFunction": "5",
            "ImagesFunction": "20",
            "RecoveryFunction": None,
            "ModelsFunction": "20",
            "TrainerFunction": None,
        },
    ]


def test_the_smallest_concurrency_of_the_processor_leaves_one_for_new_pictures(template: Template) -> None:
    (mapping,) = template.resources("AWS::Lambda::EventSourceMapping").values()
    smallest = mapping["ScalingConfig"]["MaximumConcurrency"] + 1
    assert load(ProcessorConcurrency=str(smallest))
    with pytest.raises(ParameterError):
        load(ProcessorConcurrency=str(smallest - 1))


def test_a_permissions_boundary_applies_to_every_role(template: Template) -> None:
    roles = [f"{function}Role" for function in ALL_FUNCTIONS]
    boundary = load_with("PermissionsBoundaryArn")
    assert set(values(template, "AWS::IAM::Role", "PermissionsBoundary").values()) == {None}
    assert values(boundary, "AWS::IAM::Role", "PermissionsBoundary") == dict.fromkeys(
        roles, ENTERPRISE_OPTIONS["PermissionsBoundaryArn"]
    )


def test_an_own_key_encrypts_everything_but_the_public_page() -> None:
    template = load_with("KmsKeyArn")
    own = {
        "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY},
        "BucketKeyEnabled": True,
    }
    public = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    assert values(template, "AWS::S3::Bucket", "BucketEncryption") == {
        "InputBucket": {"ServerSideEncryptionConfiguration": [own]},
        "OutputBucket": {"ServerSideEncryptionConfiguration": [own]},
        "SiteBucket": {"ServerSideEncryptionConfiguration": [public]},
    }
    assert values(template, "AWS::DynamoDB::Table", "SSESpecification") == {
        "CatalogTable": {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY}
    }
    queues = ("RetryQueue", "DeadLetterQueue")
    assert values(template, "AWS::SQS::Queue", "KmsMasterKeyId") == dict.fromkeys(queues, KEY)
    assert values(template, "AWS::SQS::Queue", "SqsManagedSseEnabled") == dict.fromkeys(queues, False)
    assert set(values(template, "AWS::Logs::LogGroup", "KmsKeyId").values()) == {KEY}
    assert values(template, "AWS::Lambda::Function", "KmsKeyArn") == dict.fromkeys(ALL_FUNCTIONS, KEY)


def test_without_an_own_key_aws_encrypts_everything_with_its_keys(template: Template) -> None:
    assert values(template, "AWS::DynamoDB::Table", "SSESpecification") == {
        "CatalogTable": {"SSEEnabled": False}
    }
    queues = ("RetryQueue", "DeadLetterQueue")
    assert values(template, "AWS::SQS::Queue", "KmsMasterKeyId") == dict.fromkeys(queues)
    assert values(template, "AWS::SQS::Queue", "SqsManagedSseEnabled") == dict.fromkeys(queues, True)
    assert set(values(template, "AWS::Logs::LogGroup", "KmsKeyId").values()) == {None}
    assert values(template, "AWS::Lambda::Function", "KmsKeyArn") == dict.fromkeys(FUNCTIONS)


@pytest.mark.parametrize("function", ALL_FUNCTIONS)
def test_an_own_key_adds_the_permissions_to_use_it(function: str) -> None:
    before = allowed(load(**EVENTS, **MODELS), function)
    writes = {action for action, _ in before} & {"s3:PutObject", "sqs:SendMessage"}
    assert allowed(load_with("KmsKeyArn"), function) - before == (
        {DECRYPT, GENERATE} if writes else {DECRYPT}
    )


def test_a_web_acl_filters_the_requests_to_the_page(template: Template) -> None:
    configs = [
        values(each, "AWS::CloudFront::Distribution", "DistributionConfig")["SiteDistribution"]
        for each in (template, load_with("WebAclArn"))
    ]
    assert [config.get("WebACLId") for config in configs] == [None, ENTERPRISE_OPTIONS["WebAclArn"]]


def test_access_logs_go_to_a_folder_for_each_source(template: Template) -> None:
    logged = load_with("AccessLogBucket")
    assert values(logged, "AWS::S3::Bucket", "LoggingConfiguration") == {
        f"{kind.title()}Bucket": {"DestinationBucketName": "access-logs", "LogFilePrefix": f"local/{kind}/"}
        for kind in ("input", "output", "site")
    }
    config = values(logged, "AWS::CloudFront::Distribution", "DistributionConfig")["SiteDistribution"]
    assert config["Logging"] == {
        "Bucket": "access-logs.s3.amazonaws.com",
        "Prefix": "local/distribution/",
    }
    unlogged = values(template, "AWS::CloudFront::Distribution", "DistributionConfig")["SiteDistribution"]
    assert "Logging" not in unlogged
    assert set(values(template, "AWS::S3::Bucket", "LoggingConfiguration").values()) == {None}
