from __future__ import annotations

from pathlib import Path

import pytest

from local.lambda_.functions import Function, QueueSource, functions_of, queue_sources_of
from local.template.intrinsics import UnknownInTemplate
from local.template.template import Template, TemplateError

ROOT = Path(__file__).parents[4]

SMALL = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Loud: {Type: String, Default: "no", AllowedValues: ["yes", "no"]}
  Zones: {Type: CommaDelimitedList, Default: "a,b"}
Mappings:
  Sizes: {"no": {Memory: 128}, "yes": {Memory: 512}}
Conditions:
  IsLoud: !Equals [!Ref Loud, "yes"]
Globals:
  Function: {CodeUri: code/, Handler: app.handler, Runtime: python3.13}
Resources:
  Shared: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "${AWS::StackName}-shared"}}
  LoudOnly: {Type: AWS::SQS::Queue, Condition: IsLoud, Properties: {Tags: [{Key: zones, Value: !Ref Zones}]}}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      MemorySize: !FindInMap [Sizes, !Ref Loud, Memory]
      Environment: {Variables: {QUEUE: !Ref Shared, ARN: !GetAtt Shared.Arn, LEVEL: 5}}
      Events:
        Fed: {Type: SQS, Properties: {Queue: !GetAtt Shared.Arn}}
  Other: {Type: AWS::Serverless::Function, Properties: {CodeUri: other/}}
Outputs:
  Url: {Value: !Ref Shared}
  LoudUrl: {Condition: IsLoud, Value: !Ref LoudOnly}
"""


def small(folder: Path, text: str = SMALL, **parameters: str) -> Template:
    file = folder / "template.yaml"
    file.write_text(text)
    return Template.load(file, parameters)


def test_conditions_decide_what_exists(tmp_path: Path) -> None:
    quiet, loud = small(tmp_path), small(tmp_path, Loud="yes")
    assert quiet.resources("AWS::SQS::Queue") == {"Shared": {"QueueName": "local-shared"}}
    assert loud.resources("AWS::SQS::Queue") == {
        "Shared": {"QueueName": "local-shared"},
        "LoudOnly": {"Tags": [{"Key": "zones", "Value": ["a", "b"]}]},
    }
    assert (quiet.outputs, loud.outputs) == (
        {"Url": "local-shared"},
        {"Url": "local-shared", "LoudUrl": "LoudOnly"},
    )


def test_a_function_is_read_with_its_folder_and_lambdas_defaults(tmp_path: Path) -> None:
    assert functions_of(small(tmp_path, Loud="yes"))["Work"] == Function(
        id="Work",
        name="Work",
        handler="app.handler",
        folder=tmp_path / "code",
        timeout=3.0,
        memory=512,
        variables={
            "QUEUE": "local-shared",
            "ARN": "arn:aws:sqs:us-east-1:123456789012:local-shared",
            "LEVEL": "5",
        },
        json_logs=False,
        log_group="/aws/lambda/Work",
        retries=2,
        failure_queue=None,
    )
    assert functions_of(small(tmp_path))["Other"].folder == tmp_path / "other"
    assert queue_sources_of(small(tmp_path)) == [
        QueueSource(
            queue="local-shared", function_id="Work", batch_size=10, concurrency=2, reports_failures=False
        )
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Resources: [", r"The template template.yaml is not valid YAML"),
        ("Outputs: {}", r"The template template.yaml has no Resources\."),
        (
            "Resources: {F: {Type: 'AWS::Serverless::Function', Properties: {CodeUri: {Bucket: b}}}}",
            r"F needs a CodeUri that is a folder\.",
        ),
        (
            "Transform: AWS::Serverless-2016-10-31\n"
            "Resources: {F: {Type: 'AWS::Serverless::Function', Properties: {CodeUri: a, Wrong: b}}}",
            r"The template template.yaml cannot be transformed: .*F",
        ),
    ],
)
def test_a_template_that_cannot_be_used_is_explained(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(TemplateError, match=sentence):
        small(tmp_path, text)


def test_a_missing_template_is_named(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"template\.yaml cannot be read: No such file or directory\.$"):
        Template.load(tmp_path / "template.yaml")


def test_what_is_not_known_is_named(tmp_path: Path) -> None:
    resources = "{Queue: {Type: 'AWS::SQS::Queue', Properties: {QueueName: %s}}}"
    for value, sentence in {
        "!Ref Nothing": "The template has no parameter or resource Nothing.",
        "!If [Nothing, a, b]": "The template has no condition Nothing.",
        "!GetAtt Queue.Colour": "The local stack does not know the attribute Colour of AWS::SQS::Queue.",
    }.items():
        text = f"Resources: {resources % value}".replace("QueueName", "KmsMasterKeyId")
        with pytest.raises(UnknownInTemplate) as caught:
            small(tmp_path, text).resources("AWS::SQS::Queue")
        assert str(caught.value) == sentence


def test_the_projects_template_resolves_as_sam_local_would() -> None:
    template = Template.load(ROOT / "template.yaml", {"PageOrigin": "http://127.0.0.1:1"})
    assert template.outputs == {
        "ApiUrl": "https://HttpApi.execute-api.us-east-1.amazonaws.com",
        "InputBucketName": "local-input-123456789012-us-east-1",
        "OutputBucketName": "local-output-123456789012-us-east-1",
        "CatalogTableName": "CatalogTable",
        "RetryQueueUrl": "RetryQueue",
        "DeadLetterQueueUrl": "DeadLetterQueue",
        "SiteUrl": "http://127.0.0.1:1",
        "SiteBucketName": "local-site-123456789012-us-east-1",
        "SiteDistributionId": "SiteDistribution",
        "SignInIssuer": "https://cognito-idp.us-east-1.amazonaws.com/UserPool",
        "SignInClientId": "UserPoolClient",
        "UserPoolId": "UserPool",
    }
    functions = functions_of(template)
    assert {function.folder for function in functions.values()} == {ROOT / "src"}
    assert functions["ProcessorFunction"].failure_queue == "RetryQueue"
    assert queue_sources_of(template) == [
        QueueSource(
            queue="RetryQueue",
            function_id="ProcessorFunction",
            batch_size=1,
            concurrency=2,
            reports_failures=True,
        )
    ]
