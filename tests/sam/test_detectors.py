"""All detectors at once, in Lambda's container, against the local stack's emulator."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from local.cli.sam import ROOT
from local.stack import Stack

EVERY = {
    "DetectModeration": "true",
    "DetectText": "true",
    "DetectFaces": "true",
    "DetectCelebrities": "true",
    "DetectProtectiveEquipment": "true",
    "DetectProperties": "true",
    "CustomLabelsModelArn": "arn:aws:rekognition:us-east-1:123456789012:project/none/version/none/1",
}
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
def test_each_answers_and_the_one_that_cannot_is_noted(
    stack: Stack, invoke: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack.functions, "invoke_async", lambda *call: None)  # the stack's own stays out of it
    event = json.loads((ROOT / "events" / "s3-put.json").read_text())
    (record,) = event["Records"]
    record["s3"]["object"]["key"] = "detectors/portrait.jpg"
    s3, outputs = stack.client("s3"), stack.template.outputs
    portrait = (ROOT / "samples" / "astronaut.jpg").read_bytes()
    s3.put_object(Bucket=outputs["InputBucketName"], Key="detectors/portrait.jpg", Body=portrait)
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event))
    answer = invoke("ProcessorFunction", str(file), **EVERY)
    assert answer.code == 0, answer.stderr
    stored = s3.get_object(Bucket=outputs["OutputBucketName"], Key="detectors/portrait.jpg.json")
    document = json.loads(stored["Body"].read())
    jsonschema.validate(document, json.loads((ROOT / "docs" / "result.schema.json").read_text()))
    assert set(document) >= LISTS
    codes = {name: error["Code"] for name, error in document["Errors"].items()}
    assert codes == {"custom": "ResourceNotReadyException"}
    assert document["Recognition"]["BilledCalls"] == 6  # labels and properties are one
