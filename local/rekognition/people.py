"""DetectFaces, RecognizeCelebrities and DetectProtectiveEquipment.

They return only what is measured. Ages, emotions and glasses are never returned, not even for ALL; no
celebrity is recognized; and no equipment is found.
"""

from __future__ import annotations

import math
from typing import Any

from local.rekognition.analysis import ImageAnalysis, Request, Response
from local.rekognition.colors import measure_quality
from local.rekognition.detectors.faces import Point
from local.rekognition.geometry import Box
from local.rekognition.instances import Detection

# Source: Rekognition API Reference of the three operations.
MAX_FACES = 100
MAX_CELEBRITIES = 64
MAX_PEOPLE = 15

EYES_TOP = 0.38  # where the eyes of someone who looks straight ahead are, from the top of the face's box


def detect_faces(request: Request, analysis: ImageAnalysis) -> Response:
    return {"FaceDetails": [_describe_face(face, analysis) for face in analysis.faces[:MAX_FACES]]}


def recognize_celebrities(request: Request, analysis: ImageAnalysis) -> Response:
    faces = analysis.faces[:MAX_CELEBRITIES]
    return {"CelebrityFaces": [], "UnrecognizedFaces": [_describe_face(face, analysis) for face in faces]}


def detect_protective_equipment(request: Request, analysis: ImageAnalysis) -> Response:
    people = analysis.people[:MAX_PEOPLE]
    response: Response = {
        "ProtectiveEquipmentModelVersion": analysis.models.version,
        "Persons": [
            {"BodyParts": _find_body_parts(person, analysis), **person.to_wire(), "Id": number}
            for number, person in enumerate(people)
        ],
    }
    summarization = request.get("SummarizationAttributes")
    if summarization:
        min_confidence = summarization["MinConfidence"]
        # That nobody wears equipment isn't known either, so everyone is indeterminate.
        response["Summary"] = {
            "PersonsWithRequiredEquipment": [],
            "PersonsWithoutRequiredEquipment": [],
            "PersonsIndeterminate": [
                number for number, person in enumerate(people) if person.confidence >= min_confidence
            ],
        }
    return response


def _describe_face(face: Detection, analysis: ImageAnalysis) -> dict[str, Any]:
    quality = measure_quality(analysis.crop(face.box))
    left, right = analysis.find_eye_centers(face.box)
    eyes = (("eyeLeft", left), ("eyeRight", right))
    return {
        **face.to_wire(),
        "Landmarks": [{"Type": name, "X": eye[0], "Y": eye[1]} for name, eye in eyes if eye],
        **({"Pose": _estimate_pose(face.box, left, right, analysis.aspect)} if left and right else {}),
        "Quality": {"Brightness": quality["Brightness"], "Sharpness": quality["Sharpness"]},
    }


def _estimate_pose(box: Box, left: Point, right: Point, aspect: float) -> dict[str, float]:
    """Estimate the rotation of a head in degrees: clockwise, to the right of the image, and up.

    Its roll is the slope of the line between the eyes. For yaw and pitch, the head is taken for a ball as
    large as the face's box, and the eyes for a point on it.
    """
    across = (left[0] + right[0]) / 2 - (box.left + box.width / 2)
    up = box.top + EYES_TOP * box.height - (left[1] + right[1]) / 2
    return {
        "Roll": math.degrees(math.atan2(right[1] - left[1], (right[0] - left[0]) * aspect)),
        "Yaw": _to_angle(across / (box.width / 2)),
        "Pitch": _to_angle(up / (box.height / 2)),
    }


def _to_angle(sine: float) -> float:
    return math.degrees(math.asin(max(-1.0, min(1.0, sine))))


def _find_body_parts(person: Detection, analysis: ImageAnalysis) -> list[dict[str, Any]]:
    """Return the face and the head of a person whose face was found. Hands are never found."""
    faces = [face.confidence for face in analysis.faces if face.box.is_inside(person.box)]
    return [
        {"Name": name, "Confidence": max(faces), "EquipmentDetections": []}
        for name in ("FACE", "HEAD")
        if faces
    ]
