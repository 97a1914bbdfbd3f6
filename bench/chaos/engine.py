"""A stand-in for Rekognition's models: it answers at once, always the same, and notes every answer."""

from __future__ import annotations

import json
import threading
from collections import Counter
from typing import Any

from bench.chaos.pictures import label_names, read_number
from common.object_keys import converted_key
from local.faults import AnswerLost
from local.rekognition.service import Rekognition

_VERSION = "chaos"
CONVERTED = "bytes"  # instead of the key of a picture that was converted, whichever it is


class Engine(Rekognition):
    """The emulator with its wire protocol, quotas and faults, but without models."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._log_lock = threading.Lock()
        self.answered: Counter[tuple[str, str]] = Counter()  # by operation, and key or number
        self.lost: Counter[tuple[str, str]] = Counter()  # those of them that no one received

    def __call__(self, operation: str, payload: bytes, access_key: str) -> tuple[int, dict[str, Any]]:
        try:
            return super().__call__(operation, payload, access_key)
        except AnswerLost:
            self._note(self.lost, operation, payload)
            raise

    def warm_up(self) -> None:
        """There are no models to load."""

    def respond(self, operation: str, payload: bytes, access_key: str) -> dict[str, Any]:
        """Answer from the number in the picture."""
        self._note(self.answered, operation, payload)
        _, image = self.read_request(operation, payload, access_key)
        return _answer(operation, read_number(image))

    def _note(self, counter: Counter[tuple[str, str]], operation: str, payload: bytes) -> None:
        image = json.loads(payload)["Image"]
        name = image["S3Object"]["Name"] if "S3Object" in image else CONVERTED
        if name.endswith(converted_key("")):  # kept from an earlier try
            name = CONVERTED
        with self._log_lock:
            counter[operation, name] += 1


def _answer(operation: str, number: int) -> dict[str, Any]:
    if operation == "DetectLabels":
        labels = [
            {"Name": name, "Confidence": 99.0 - place, "Instances": [], "Parents": [], "Aliases": []}
            for place, name in enumerate(label_names(number))
        ]
        return {"Labels": labels, "LabelModelVersion": _VERSION}
    if operation == "DetectModerationLabels":
        return {"ModerationLabels": [], "ModerationModelVersion": _VERSION, "ContentTypes": []}
    if operation == "DetectText":
        return {"TextDetections": [], "TextModelVersion": _VERSION}
    return {}
