from __future__ import annotations

from pathlib import Path

import pytest

from local.lambda_.functions import EventSourceMapping, Function, load_event_source_mappings, load_functions
from local.template.intrinsics import ResolutionError
from local.template.parameters import ParameterError
from local.template.template import Template, TemplateError

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Verbose: {Type: String, Default: "no", AllowedValues: ["yes", "no"]}
  Zones: {Type: CommaDelimitedList, Default: "a,b"}
Conditions:
  IsVerbose: !Equals [!Ref Verbose, "yes"]
Globals:
  Function: {CodeUri: code/, Handler: app.handler, Runtime: python3.13, LoggingConfig: {LogFormat: JSON}}
Resources:
  Shared: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "${AWS::StackName}-shared"}}
  VerboseOnly:
    {Type: AWS::SQS::Queue, Condition: IsVerbose, Properties: {Tags: [{Key: zones, Value: !Ref Zones}]}}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      MemorySize: !If [IsVerbose, 512, 128]
      Environment: {Variables: {QUEUE: !Ref Shared, ARN: !GetAtt Shared.Arn, LEVEL: 5}}
      Events:
        Messages: {Type: SQS, Properties: {Queue: !GetAtt Shared.Arn}}
  Other: {Type: AWS::Serverless::Function, Properties: {CodeUri: other/}}
Outputs:
  Url: {Value: !Ref Shared}
  VerboseUrl: {Condition: IsVerbose, Value: !Ref VerboseOnly}
"""


def load_template(folder: Path, text: str = TEMPLATE, **parameters: str) -> Template:
    file = folder / "template.yaml"
    file.write_text(text)
    return Template.load(file, parameters)


def test_omits_resources_and_outputs_whose_condition_is_false(tmp_path: Path) -> None:
    default, verbose = load_template(tmp_path), load_template(tmp_path, Verbose="yes")
    assert default.resources("AWS::SQS::Queue") == {"Shared": {"QueueName": "local-shared"}}
    assert verbose.resources("AWS::SQS::Queue") == {
        "Shared": {"QueueName": "local-shared"},
        "VerboseOnly": {"Tags": [{"Key": "zones", "Value": ["a", "b"]}]},
    }
    urls = "https://sqs.us-east-1.amazonaws.com/123456789012"
    assert (default.outputs, verbose.outputs) == (
        {"Url": f"{urls}/local-shared"},
        {"Url": f"{urls}/local-shared", "VerboseUrl": f"{urls}/VerboseOnly"},
    )


def test_reads_functions_with_lambdas_defaults(tmp_path: Path) -> None:
    assert load_functions(load_template(tmp_path, Verbose="yes"))["Work"] == Function(
        id="Work",
        name="Work",
        handler="app.handler",
        folder=tmp_path / "code",
        timeout=3.0,
        memory=512,
        variables={
            "QUEUE": "https://sqs.us-east-1.amazonaws.com/123456789012/local-shared",
            "ARN": "arn:aws:sqs:us-east-1:123456789012:local-shared",
            "LEVEL": "5",
        },
        log_group="/aws/lambda/Work",
        retries=2,
        failure_queue=None,
    )
    assert load_functions(load_template(tmp_path))["Other"].folder == tmp_path / "other"
    assert load_event_source_mappings(load_template(tmp_path)) == [
        EventSourceMapping(
            queue="local-shared", function_id="Work", batch_size=10, concurrency=2, reports_failures=False
        )
    ]


def test_rejects_functions_with_text_logs(tmp_path: Path) -> None:
    template = load_template(tmp_path, TEMPLATE.replace("LogFormat: JSON", "LogFormat: Text"))
    with pytest.raises(TemplateError, match=r"^The LogFormat of Work must be JSON\."):
        load_functions(template)


def test_rejects_a_template_that_sam_cannot_transform(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"The template template.yaml can't be transformed: .*Work"):
        load_template(tmp_path, TEMPLATE.replace("MemorySize", "Wrong"))


RULES = """
Parameters:
  Zone: {Type: String, Default: a}
  Size: {Type: String, Default: ""}
Rules:
  KnownZone:
    Assertions:
      - {Assert: !Contains [[a, b], !Ref Zone], AssertDescription: The zone must be a or b.}
  SizeInA:
    RuleCondition: !Equals [!Ref Zone, a]
    Assertions:
      - {Assert: !Equals [!Ref Size, ""], AssertDescription: Zone a has no sizes.}
Resources: {Queue: {Type: AWS::SQS::Queue}}
"""


@pytest.mark.parametrize("parameters", [{}, {"Zone": "b"}, {"Zone": "b", "Size": "1"}])
def test_accepts_parameters_that_violate_no_rule(tmp_path: Path, parameters: dict[str, str]) -> None:
    assert load_template(tmp_path, RULES, **parameters).parameters == {"Zone": "a", "Size": ""} | parameters


@pytest.mark.parametrize(
    ("parameters", "message"),
    [({"Zone": "c"}, "The zone must be a or b."), ({"Size": "1"}, "Zone a has no sizes.")],
)
def test_rejects_parameters_that_violate_a_rule(
    tmp_path: Path, parameters: dict[str, str], message: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        load_template(tmp_path, RULES, **parameters)
    assert str(caught.value) == message


def test_rejects_unknown_references(tmp_path: Path) -> None:
    resources = "{Queue: {Type: 'AWS::SQS::Queue', Properties: {QueueName: %s}}}"
    for value, message in {
        "!Ref Missing": "The template has no parameter or resource Missing.",
        "!If [Missing, a, b]": "The template has no condition Missing.",
        "!GetAtt Queue.Color": "The local stack doesn't support the attribute Color of AWS::SQS::Queue.",
    }.items():
        text = f"Resources: {resources % value}".replace("QueueName", "KmsMasterKeyId")
        with pytest.raises(ResolutionError) as caught:
            load_template(tmp_path, text).resources("AWS::SQS::Queue")
        assert str(caught.value) == message
