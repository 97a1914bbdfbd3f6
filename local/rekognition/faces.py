"""DetectFaces and RecognizeCelebrities: faces with what is measured of them, and nothing else.

Ages, feelings, glasses and poses would be guesses, so they are left out, also when ALL is asked for.
Nobody is recognised: every face is an unrecognised one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.rekognition.colors import quality

if TYPE_CHECKING:
    from local.rekognition.engine import Answer, Request, Scene
    from local.rekognition.sight import Finding

MOST_FACES = 100
MOST_CELEBRITIES = 64


def detect_faces(request: Request, scene: Scene) -> Answer:
    return {"FaceDetails": [_measured(face, scene) for face in scene.sight.faces()[:MOST_FACES]]}


def recognize_celebrities(request: Request, scene: Scene) -> Answer:
    faces = scene.sight.faces()[:MOST_CELEBRITIES]
    return {"CelebrityFaces": [], "UnrecognizedFaces": [_measured(face, scene) for face in faces]}


def _measured(face: Finding, scene: Scene) -> dict[str, Any]:
    measured = quality(scene.sight.crop(face.box))
    eyes = zip(("eyeLeft", "eyeRight"), scene.sight.eyes(face), strict=True)  # left as the picture shows it
    return {
        "BoundingBox": face.box.wire(),
        "Confidence": face.confidence,
        "Landmarks": [{"Type": name, "X": eye.x, "Y": eye.y} for name, eye in eyes if eye],
        "Quality": {"Brightness": measured["Brightness"], "Sharpness": measured["Sharpness"]},
    }
