"""Pictures of an owner with an active model, on a stack of its own: it is stopped, runs, and stops again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from catalog.keys import active_model_key
from catalog.model_records import new_model_id
from local.stack import Stack
from tests.shapes import draw, label_line
from tests.stack.client import Client, ImageFile, wait_until
from trainer.projects import VERSION_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping

PARAMETERS = {"TrainModels": "true", "WhenModelStopped": "wait"}
State = tuple[bool, list[str], list[str], int]


@dataclass(frozen=True)
class Observation:
    """What the API said.

    A state is whether an image waits, its detectors, the file names that `is:waiting` finds, and their count.
    """

    waiting: State
    recognized: State
    stopped_meanwhile: State
    asked: Mapping[str, int]  # successful calls, by operation, when the image was recognized again
    custom_labels: list[str]
    found_by_label: list[str]
    errors: list[Mapping[str, Any]]


def take() -> Observation:
    """Start a stack, train a model, and recognize pictures with it.

    moto keeps its state per process, so this needs a process without another stack.
    """
    with Stack(parameters=PARAMETERS, speedup=1200, schedules=False, log=lambda name, line: None) as stack:
        owner = str(uuid4())
        user = Client(stack, owner, stack.sign_in.token("alice", sub=owner))
        rekognition = stack.client("rekognition")
        project, version = train(stack, f"local-{new_model_id(owner, 'shapes')}")
        wait_for(stack, project, "TRAINING_COMPLETED")

        activate(stack, owner, version, "stopped")
        circle, triangle = shape("circle", 10), shape("triangle", 11)
        first = user.recognize(circle)
        waiting = observe(user, first)

        rekognition.start_project_version(ProjectVersionArn=version, MinInferenceUnits=1)
        wait_for(stack, project, "RUNNING")
        activate(stack, owner, version, "running")
        before = stack.rekognition.calls()
        assert user.retry(circle.id).status == 202
        second = user.wait_until_processed(circle)
        recognized, after = observe(user, second), stack.rekognition.calls()
        found = [image["fileName"] for image in user.page(q="label:circle -status:pending")["images"]]

        rekognition.stop_project_version(ProjectVersionArn=version)
        wait_for(stack, project, "STOPPED")
        third = user.recognize(triangle)
        return Observation(
            waiting=waiting,
            recognized=recognized,
            stopped_meanwhile=observe(user, third),
            asked={name: after[name] - before[name] for name in after if after[name] != before[name]},
            custom_labels=[label["Name"] for label in second["result"]["CustomLabels"]],
            found_by_label=found,
            errors=[document["result"]["Errors"] for document in (first, second, third)],
        )


def observe(user: Client, document: Mapping[str, Any]) -> State:
    """Return the state of an image whose view was read."""
    names = [image["fileName"] for image in user.page(q="is:waiting")["images"]]
    count: int = user.call("GET", "/labels").document["library"]["waiting"]
    detectors: list[str] = document["result"]["Recognition"]["Detectors"]
    return document["image"].get("waiting", False), detectors, names, count


def shape(kind: str, seed: int) -> ImageFile:
    """Return a picture that the model wasn't trained with."""
    return ImageFile(draw(kind, seed)[0], f"{kind}-{seed}.png", "image/png")


def activate(stack: Stack, owner: str, version: str, state: str) -> None:
    """Make a version the owner's active model."""
    key = {name: {"S": value} for name, value in active_model_key(owner).items()}
    attributes = {
        "modelId": {"S": "0" * 16},
        "arn": {"S": version},
        "state": {"S": state},
        "usedAt": {"N": "0"},
    }
    stack.client("dynamodb").put_item(TableName="CatalogTable", Item={**key, **attributes})


def train(stack: Stack, project_name: str) -> tuple[str, str]:
    """Begin to train a model with circles and triangles. Return the ARNs of its project and its version."""
    s3, rekognition = stack.client("s3"), stack.client("rekognition")
    bucket = stack.template.outputs["OutputBucketName"]

    def put(name: str, content: bytes) -> str:
        s3.put_object(Bucket=bucket, Key=f"custom-labels/{name}", Body=content)
        return f"s3://{bucket}/custom-labels/{name}"

    lines = [
        label_line(put(f"{kind}-{seed}.png", draw(kind, seed)[0]), kind)
        for seed in range(6)
        for kind in ("circle", "triangle")
    ]
    put("all.manifest", "\n".join(lines).encode())
    location = {"Bucket": bucket, "Name": "custom-labels/all.manifest"}
    project = rekognition.create_project(ProjectName=project_name)["ProjectArn"]
    version = rekognition.create_project_version(
        ProjectArn=project,
        VersionName=VERSION_NAME,
        OutputConfig={"S3Bucket": bucket, "S3KeyPrefix": "custom-labels"},
        TrainingData={"Assets": [{"GroundTruthManifest": {"S3Object": location}}]},
        TestingData={"AutoCreate": True},
    )["ProjectVersionArn"]
    return project, version


def wait_for(stack: Stack, project: str, status: str) -> dict[str, Any]:
    """Wait until a project's only version has a status. Return its description."""
    rekognition = stack.client("rekognition")

    def attempt() -> dict[str, Any] | None:
        versions = rekognition.describe_project_versions(ProjectArn=project)
        (described,) = versions["ProjectVersionDescriptions"]
        return described if described["Status"] == status else None

    return wait_until(attempt)
