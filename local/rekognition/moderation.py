"""DetectModerationLabels: one label, because the local model gives one score."""

from __future__ import annotations

from local.rekognition.analysis import ImageAnalysis, Request, Response
from local.rekognition.detectors import nsfw
from local.rekognition.errors import RekognitionError

DEFAULT_MIN_CONFIDENCE = 50.0  # API Reference of DetectModerationLabels
# The top-level category for pornography (Developer Guide, "Moderating content", taxonomy version 7). The
# model can't tell the categories below it apart, and knows nothing of the other ones, such as violence.
EXPLICIT = "Explicit"


def detect_moderation_labels(request: Request, analysis: ImageAnalysis) -> Response:
    for name, what in (("ProjectVersion", "custom adapter"), ("HumanLoopConfig", "human review")):
        if name in request:
            detail = f"there is no {what} on this machine."
            raise RekognitionError.from_code("ResourceNotFoundException", detail)
    score = analysis.nsfw_score
    is_explicit = score >= request.get("MinConfidence", DEFAULT_MIN_CONFIDENCE)
    label = {"Name": EXPLICIT, "Confidence": score, "ParentName": "", "TaxonomyLevel": 1}
    return {
        "ModerationLabels": [label] if is_explicit else [],
        "ModerationModelVersion": nsfw.VERSION,
        "ContentTypes": [],
    }
