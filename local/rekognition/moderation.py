"""DetectModerationLabels: an honest empty list, from a model that is named for what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.rekognition.errors import RekognitionError

if TYPE_CHECKING:
    from local.rekognition.engine import Answer, Request, Scene

VERSION = "local-none-1"


def detect_moderation_labels(request: Request, scene: Scene) -> Answer:
    for name, what in (("ProjectVersion", "custom adapter"), ("HumanLoopConfig", "human review")):
        if name in request:
            raise RekognitionError.from_code(
                "ResourceNotFoundException", f"there is no {what} on this machine."
            )
    _ = scene.sight.picture  # a picture that cannot be decoded is refused, although nobody looks at it
    return {"ModerationLabels": [], "ModerationModelVersion": VERSION, "ContentTypes": []}
