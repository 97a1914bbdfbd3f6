"""DetectFaces, RecognizeCelebrities and DetectProtectiveEquipment.

They return only what is measured. Ages, emotions, glasses and poses are never returned, not even for ALL; no
celebrity is recognized; and equipment is always unknown.
"""

from __future__ import annotations

from typing import Any

from local.rekognition.analysis import ImageAnalysis, Request, Response
from local.rekognition.colors import measure_quality
from local.rekognition.detectors import objects
from local.rekognition.instances import Detection

# Source: Rekognition API Reference of the three operations.
MAX_FACES = 100
MAX_CELEBRITIES = 64
MAX_PEOPLE = 15


def detect_faces(request: Request, analysis: ImageAnalysis) -> Response:
    return {"FaceDetails": [_describe_face(face, analysis) for face in analysis.faces[:MAX_FACES]]}


def recognize_celebrities(request: Request, analysis: ImageAnalysis) -> Response:
    faces = analysis.faces[:MAX_CELEBRITIES]
    return {"CelebrityFaces": [], "UnrecognizedFaces": [_describe_face(face, analysis) for face in faces]}


def detect_protective_equipment(request: Request, analysis: ImageAnalysis) -> Response:
    people = analysis.people[:MAX_PEOPLE]
    response: Response = {
        "ProtectiveEquipmentModelVersion": objects.VERSION,
        # Listing a body part without equipment would mean that none is worn. No body parts means unknown.
        "Persons": [
            {"BodyParts": [], **person.to_wire(), "Id": number} for number, person in enumerate(people)
        ],
    }
    summarization = request.get("SummarizationAttributes")
    if summarization:
        min_confidence = summarization["MinConfidence"]
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
    eyes = zip(("eyeLeft", "eyeRight"), analysis.find_eye_centers(face.box), strict=True)
    return {
        **face.to_wire(),
        "Landmarks": [{"Type": name, "X": eye[0], "Y": eye[1]} for name, eye in eyes if eye],
        "Quality": {"Brightness": quality["Brightness"], "Sharpness": quality["Sharpness"]},
    }
