"""A model is trained, started and used through the stack's AWS endpoint, and by the processor."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

from tests.stack import model_tour
from tests.stack.model_tour import train, wait_for

if TYPE_CHECKING:
    from local.stack import Stack


def test_trains_and_runs_a_model(stack: Stack) -> None:
    rekognition, bucket = stack.client("rekognition"), stack.template.outputs["OutputBucketName"]
    project, version = train(stack, "stack")
    summary = wait_for(stack, project, "TRAINING_COMPLETED")["EvaluationResult"]["Summary"]["S3Object"]
    assert stack.client("s3").head_object(Bucket=bucket, Key=summary["Name"])["ContentLength"] > 0
    rekognition.start_project_version(ProjectVersionArn=version, MinInferenceUnits=1)
    wait_for(stack, project, "RUNNING")
    image = {"S3Object": {"Bucket": bucket, "Name": "custom-labels/circle-0.png"}}
    found = rekognition.detect_custom_labels(ProjectVersionArn=version, Image=image)["CustomLabels"]
    assert [label["Name"] for label in found] == ["circle"]
    rekognition.stop_project_version(ProjectVersionArn=version)
    wait_for(stack, project, "STOPPED")


def test_pictures_wait_for_the_active_model() -> None:
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        seen = process.submit(model_tour.take).result()
    assert seen.waiting == (True, ["labels"], ["circle-10.png"], 1)
    assert seen.recognized == (False, ["labels", "custom"], [], 0)
    assert seen.asked == {"DetectCustomLabels": 1}
    assert (seen.custom_labels, seen.found_by_label) == (["circle"], ["circle-10.png"])
    assert seen.stopped_meanwhile == (True, ["labels"], ["triangle-11.png"], 1)
    assert seen.errors == [{}, {}, {}]
