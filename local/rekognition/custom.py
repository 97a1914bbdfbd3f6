"""DetectCustomLabels: the local ONNX model stands in for whatever model the ARN names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.rekognition.errors import RekognitionError

if TYPE_CHECKING:
    from local.rekognition.engine import Answer, Request, Scene
    from local.rekognition.models import Sighting

DEFAULT_CONFIDENCE = 50.0  # AWS derives a threshold for each label from the training


def detect_custom_labels(request: Request, scene: Scene) -> Answer:
    model = scene.engine.model
    if model is None:
        detail = "no model is running on this machine; start it with LOCAL_MODEL and LOCAL_LABELS."
        raise RekognitionError.from_code("ResourceNotReadyException", detail)
    least = request.get("MinConfidence", DEFAULT_CONFIDENCE)
    sightings = model.look(scene.sight.picture.pixels)
    sure = [sighting for sighting in sightings if sighting.confidence >= least]
    return {"CustomLabels": [_wire(sighting) for sighting in sure[: request.get("MaxResults")]]}


def _wire(sighting: Sighting) -> dict[str, Any]:
    wire: dict[str, Any] = {"Name": sighting.name, "Confidence": sighting.confidence}
    if sighting.box:
        wire["Geometry"] = {"BoundingBox": sighting.box.wire(), "Polygon": sighting.box.corners()}
    return wire
