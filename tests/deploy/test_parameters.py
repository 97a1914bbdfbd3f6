"""The parameters of a deployment: samconfig.toml, SET, and the template's defaults."""

from __future__ import annotations

from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from tests.deploy.calls import changes
from tests.deploy.imitation.imitation import Imitation
from tests.deploy.workspace import REGION, Workspace

STACK = "image-recognition-dev"


def sent_parameters(aws: Imitation) -> list[dict[str, Any]]:
    """What the latest change set of the stack was created with."""
    created = [call for call in aws.calls if call.operation == "CreateChangeSet"][-1]
    assert created.parameters["StackName"] == STACK
    parameters: list[dict[str, Any]] = created.parameters["Parameters"]
    return parameters


def deployed_parameters(aws: Imitation) -> dict[str, str]:
    (stack,) = aws.client("cloudformation", REGION).describe_stacks(StackName=STACK)["Stacks"]
    return {entry["ParameterKey"]: entry["ParameterValue"] for entry in stack["Parameters"]}


def defaults(workspace: Workspace) -> dict[str, str]:
    declared = yaml_parse((workspace.folder / "template.yaml").read_text())["Parameters"]
    return {name: str(entry["Default"]) for name, entry in declared.items()}


def deployed_architectures(aws: Imitation) -> set[str]:
    stack = aws.cloudformation(REGION).stack(STACK)
    assert stack is not None
    functions = [entry for entry in stack.resources.values() if entry.type == "AWS::Lambda::Function"]
    layers = [entry for entry in stack.resources.values() if entry.type == "AWS::Lambda::LayerVersion"]
    found = [entry.properties["Architectures"] for entry in functions]
    return {name for names in found for name in names} | {
        name for layer in layers for name in layer.properties["CompatibleArchitectures"]
    }


def built_architecture(workspace: Workspace) -> str:
    """The architecture that the layer's compiled modules are for."""
    (module, *_) = (workspace.folder / ".aws-sam" / "build" / "ImagingLayer").rglob("PIL/_imaging.*.so")
    return {"aarch64": "arm64", "x86_64": "x86_64"}[module.name.split("-")[2]]


def test_parameters_come_from_set_then_samconfig_then_the_template(
    workspace: Workspace, aws: Imitation
) -> None:
    first = workspace.make("deploy", "ENV=dev", "SET=DetectText=true LabelsMinConfidence=55")
    assert first.code == 0, first.output
    samconfig = {"Architecture": "arm64", "RetentionDays": "7", "LogRetentionDays": "3"}
    expected = defaults(workspace) | samconfig | {"DetectText": "true", "LabelsMinConfidence": "55"}
    assert sent_parameters(aws) == [
        {"ParameterKey": key, "ParameterValue": value}
        for key, value in expected.items()
        if key != "ProgramAudiences"  # which `make client` changes
    ]
    assert deployed_parameters(aws) == expected
    assert (built_architecture(workspace), deployed_architectures(aws)) == ("arm64", {"arm64"})
    assert (
        "Parameters that differ from the template's defaults: LabelsMinConfidence=55, DetectText=true, "
        "RetentionDays=7, LogRetentionDays=3, Architecture=arm64\n"
    ) in first.output
    assert "SET applies to this deployment only. To keep a value, add it to samconfig.toml.\n" in first.output

    aws.calls.clear()
    workspace.replace("samconfig.toml", '"Architecture=arm64", "RetentionDays=7", ', "")
    second = workspace.make("deploy", "ENV=dev")
    assert second.code == 0, second.output
    assert deployed_parameters(aws) == defaults(workspace) | {"LogRetentionDays": "3"}
    kept = [entry for entry in sent_parameters(aws) if "ParameterValue" not in entry]
    assert kept == [{"ParameterKey": "ProgramAudiences", "UsePreviousValue": True}]
    assert (built_architecture(workspace), deployed_architectures(aws)) == ("x86_64", {"x86_64"})
    assert "Parameters that differ from the template's defaults: LogRetentionDays=3\n" in second.output
    assert changes(aws.calls) == [
        "SAM CLI uploads",  # the layer for the other architecture
        f"cloudformation CreateChangeSet {STACK}",
        f"cloudformation ExecuteChangeSet {STACK}",
    ]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("Color=red", "The template has no parameter Color. It has: PageOrigin, "),
        ("RetentionDays=0", "The parameter RetentionDays can't be '0': it must be 1 or more.\n"),
        ("RetentionDays", "SET has 'RetentionDays', but Name=value is expected.\n"),
        ("SignInClientId=page", "Set both SignInIssuer and SignInClientId, or neither.\n"),
        ("SignInIssuer=it's", "SET has \"SignInIssuer=it's\", in which a quotation mark isn't closed.\n"),
    ],
)
def test_invalid_parameters_are_one_sentence(
    workspace: Workspace, aws: Imitation, given: str, sentence: str
) -> None:
    completed = workspace.make("deploy", "ENV=dev", f"SET={given}")
    assert (completed.code != 0, sentence in completed.output) == (True, True), completed.output
    assert ("Traceback" in completed.output, "Build" in completed.output, aws.calls) == (False, False, [])


def test_tags_of_samconfig_are_those_of_the_stack(workspace: Workspace, aws: Imitation) -> None:
    workspace.replace(
        "samconfig.toml",
        "[dev.deploy.parameters]\n",
        '[dev.deploy.parameters]\ntags = ["Team=photos", "Stage=prod"]\n',
    )
    completed = workspace.make("deploy", "ENV=dev")
    assert completed.code == 0, completed.output
    created = [call for call in aws.calls if call.operation == "CreateChangeSet"][-1]
    assert created.parameters["Tags"] == [
        {"Key": "Team", "Value": "photos"},
        {"Key": "Stage", "Value": "prod"},
    ]
