"""DetectModerationLabels."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.rekognition import analysis
from tests.unit.local.rekognition.support import IMAGE, MODEL_ARN

VERSION = "local-open-nsfw-1"


def test_scores_a_portrait_as_safe(client: Any, astronaut: bytes) -> None:
    image = {"Bytes": astronaut}
    (label,) = client.detect_moderation_labels(Image=image, MinConfidence=0)["ModerationLabels"]
    assert 0 < label["Confidence"] < 10
    response = client.detect_moderation_labels(Image=image)
    del response["ResponseMetadata"]
    assert response == {"ModerationLabels": [], "ModerationModelVersion": VERSION, "ContentTypes": []}


@pytest.mark.parametrize(
    ("score", "parameters", "is_explicit"),
    [
        (50.0, {}, True),
        (49.9, {}, False),
        (49.9, {"MinConfidence": 40}, True),
        (60.0, {"MinConfidence": 61}, False),
    ],
)
def test_returns_explicit_content_from_the_minimum_confidence(
    client: Any, monkeypatch: pytest.MonkeyPatch, score: float, parameters: dict[str, Any], is_explicit: bool
) -> None:
    monkeypatch.setattr(analysis, "score_nsfw", lambda pixels: score)
    label = {"Name": "Explicit", "Confidence": score, "ParentName": "", "TaxonomyLevel": 1}
    response = client.detect_moderation_labels(Image=IMAGE, **parameters)
    assert response["ModerationLabels"] == ([label] if is_explicit else [])


HUMAN = {"HumanLoopName": "review", "FlowDefinitionArn": "arn:aws:sagemaker:us-east-1:123456789012:flow/x"}


@pytest.mark.parametrize("parameters", [{"ProjectVersion": MODEL_ARN}, {"HumanLoopConfig": HUMAN}])
def test_rejects_unavailable_features(client: Any, parameters: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as caught:
        client.detect_moderation_labels(Image=IMAGE, **parameters)
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"
