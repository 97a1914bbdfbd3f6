"""A stand-in for Rekognition's models: the same labels for every picture, as many as are asked for."""

from __future__ import annotations

from typing import Any, ClassVar

from local.rekognition.service import Rekognition

_VERSION = "usage"
_BOX = {"Left": 0.1234567, "Top": 0.2345678, "Width": 0.3456789, "Height": 0.4567891}


class Engine(Rekognition):
    """The emulator with its wire protocol, but without models."""

    names: ClassVar[int] = 30  # of labels, by which a picture can be found

    def warm_up(self) -> None:
        """There are no models to load."""

    def respond(self, operation: str, payload: bytes, access_key: str) -> dict[str, Any]:
        """Answer with labels, and otherwise with nothing found. Reads the image, to check the permission."""
        self.read_request(operation, payload, access_key)
        if operation != "DetectLabels":
            return {}
        labels = [
            {
                "Name": f"Object {number:02}",
                "Confidence": 98.7654321 - number,
                "Instances": [{"BoundingBox": _BOX, "Confidence": 98.7654321 - number}],
                "Parents": [{"Name": f"Object {number // 2:02}"}],
                "Aliases": [],
                "Categories": [{"Name": "Everyday Objects"}],
            }
            for number in range(self.names)
        ]
        return {"Labels": labels, "LabelModelVersion": _VERSION}
