"""All detectors at once, in Lambda's container image, against the local Rekognition emulator."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from local.settings import ROOT
from local.stack import Stack
from tests.cloud import ALL_DETECTORS

LISTS = {
    "Labels",
    "ModerationLabels",
    "TextDetections",
    "FaceDetails",
    "CelebrityFaces",
    "Persons",
    "ImageProperties",
}


@pytest.mark.timeout(200)
def test_runs_all_detectors_and_records_the_error_of_one(
    stack: Stack, process_objects: Callable[..., Any]
) -> None:
    key = "detectors/portrait.jpg"
    process_objects({key: (ROOT / "web" / "samples" / "astronaut.jpg").read_bytes()}, **ALL_DETECTORS)
    output = stack.template.outputs["OutputBucketName"]
    stored = stack.client("s3").get_object(Bucket=output, Key=f"{key}.json")
    document = json.loads(stored["Body"].read())
    jsonschema.validate(document, json.loads((ROOT / "docs" / "result.schema.json").read_text()))
    assert set(document) >= LISTS
    codes = {name: error["Code"] for name, error in document["Errors"].items()}
    assert codes == {"custom": "ResourceNotFoundException"}
    assert document["Recognition"]["BilledCalls"] == 6  # labels and properties share one
