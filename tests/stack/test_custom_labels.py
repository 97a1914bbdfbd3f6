"""A model is trained, started and used through the stack's AWS endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.shapes import draw, label_line
from tests.stack.client import wait_until

if TYPE_CHECKING:
    from local.stack import Stack


def test_trains_and_runs_a_model(stack: Stack) -> None:
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
    project = rekognition.create_project(ProjectName="stack")["ProjectArn"]
    version = rekognition.create_project_version(
        ProjectArn=project,
        VersionName="v1",
        OutputConfig={"S3Bucket": bucket, "S3KeyPrefix": "custom-labels"},
        TrainingData={"Assets": [{"GroundTruthManifest": {"S3Object": location}}]},
        TestingData={"AutoCreate": True},
    )["ProjectVersionArn"]

    def wait_for(status: str) -> dict[str, Any]:
        def attempt() -> dict[str, Any] | None:
            versions = rekognition.describe_project_versions(ProjectArn=project)
            (described,) = versions["ProjectVersionDescriptions"]
            return described if described["Status"] == status else None

        return wait_until(attempt)

    summary = wait_for("TRAINING_COMPLETED")["EvaluationResult"]["Summary"]["S3Object"]
    assert s3.head_object(Bucket=bucket, Key=summary["Name"])["ContentLength"] > 0
    rekognition.start_project_version(ProjectVersionArn=version, MinInferenceUnits=1)
    wait_for("RUNNING")
    image = {"S3Object": {"Bucket": bucket, "Name": "custom-labels/circle-0.png"}}
    found = rekognition.detect_custom_labels(ProjectVersionArn=version, Image=image)["CustomLabels"]
    assert [label["Name"] for label in found] == ["circle"]
    rekognition.stop_project_version(ProjectVersionArn=version)
    wait_for("STOPPED")
