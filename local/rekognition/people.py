"""DetectProtectiveEquipment: people only, since nothing here can tell a helmet from a hat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.rekognition.sight import ENGINE

if TYPE_CHECKING:
    from local.rekognition.engine import Answer, Request, Scene

MOST_PEOPLE = 15


def detect_protective_equipment(request: Request, scene: Scene) -> Answer:
    people = scene.sight.people()[:MOST_PEOPLE]
    answer: Answer = {
        "ProtectiveEquipmentModelVersion": ENGINE,
        "Persons": [
            # A body part with no equipment listed would say that none is worn; no body part says unknown.
            {
                "BodyParts": [],
                "BoundingBox": person.box.wire(),
                "Confidence": person.confidence,
                "Id": number,
            }
            for number, person in enumerate(people)
        ],
    }
    wanted = request.get("SummarizationAttributes")
    if wanted:
        sure = [
            number for number, person in enumerate(people) if person.confidence >= wanted["MinConfidence"]
        ]
        answer["Summary"] = {
            "PersonsWithRequiredEquipment": [],
            "PersonsWithoutRequiredEquipment": [],
            "PersonsIndeterminate": sure,
        }
    return answer
