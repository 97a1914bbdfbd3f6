"""The emulator itself: from an operation's name and the bytes of its request to a status and an answer."""

from __future__ import annotations

import collections
import copy
import json
import logging
import os
import random
import threading
import time
from typing import TYPE_CHECKING, Any

from local.rekognition.custom import detect_custom_labels
from local.rekognition.engine import Engine, Scene
from local.rekognition.errors import ObjectUnreadable, RekognitionError
from local.rekognition.faces import detect_faces, recognize_celebrities
from local.rekognition.faults import FaultInjector
from local.rekognition.images import LIMITS, Limits, check_sides, check_weight, digest_of
from local.rekognition.labels import detect_labels
from local.rekognition.models import LocalModel
from local.rekognition.moderation import detect_moderation_labels
from local.rekognition.options import Options, SettingError
from local.rekognition.people import detect_protective_equipment
from local.rekognition.requests import load_service_model, parse_request
from local.rekognition.sight import Sight
from local.rekognition.text import Reader, detect_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local.rekognition.engine import Answer, Request

    ReadObject = Callable[[str, str, str | None, str], bytes]

OPERATIONS: dict[str, Callable[[Request, Scene], Answer]] = {
    "DetectCustomLabels": detect_custom_labels,
    "DetectFaces": detect_faces,
    "DetectLabels": detect_labels,
    "DetectModerationLabels": detect_moderation_labels,
    "DetectProtectiveEquipment": detect_protective_equipment,
    "DetectText": detect_text,
    "RecognizeCelebrities": recognize_celebrities,
}
SIGHTS_KEPT = 4  # so that all detectors that are asked about one picture share one look at it
ANSWERS_KEPT = 64  # the same question about the same bytes has the same answer; only the wait is replayed
logger = logging.getLogger(__name__)


class Rekognition:
    """Callable by many threads; `read_object(bucket, key, version, access_key)` reads as the caller may."""

    def __init__(
        self,
        read_object: ReadObject,
        options: Options | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        random: Callable[[], float] = random.random,
    ) -> None:
        options = options or Options.from_env(os.environ)
        model = LocalModel.load(options.model, options.labels) if options.model and options.labels else None
        self._read_object = read_object
        self._engine = Engine(Reader(), model)
        self._faults = FaultInjector(options, OPERATIONS, clock, random)
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._calls: collections.Counter[str] = collections.Counter()
        self._sights: collections.OrderedDict[str, Sight] = collections.OrderedDict()
        self._answers: collections.OrderedDict[tuple[str, str, str], Answer] = collections.OrderedDict()

    def __call__(self, operation: str, payload: bytes, access_key: str) -> tuple[int, dict[str, Any]]:
        """Answer one call with an HTTP status and a JSON body."""
        started = self._clock()
        try:
            if operation not in OPERATIONS:
                detail = f"{operation} is not one of {', '.join(OPERATIONS)}."
                raise RekognitionError("UnknownOperationException", detail)
            self._faults.check(operation)
            answer = self._answer(operation, payload, access_key)
        except RekognitionError as error:
            return error.status, error.to_wire()
        except Exception:  # the wire is a process boundary: to the caller our own fault is the service's
            logger.exception("%s failed", operation)
            ours = RekognitionError.from_code("InternalServerError")
            return ours.status, ours.to_wire()
        with self._lock:
            self._calls[operation] += 1
        rest = self._faults.latency(operation) - (self._clock() - started)
        if rest > 0:
            self._sleep(rest)
        return 200, answer

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Change the latency, quotas and faults of later calls.

        `latencyMs` and `tps` take a number for all operations or a number for each by name, `faults` the
        same with `{"code", "count"}` or `{"code", "rate"}` or a list of these. What is not named stays as it
        is. `{"reset": true}` goes back to the options, and to no calls counted. Raises SettingError.
        """
        changes = dict(changes)
        reset = changes.pop("reset", False)
        if not isinstance(reset, bool):
            raise SettingError(f"reset must be true or false, not {reset!r}.")
        if reset:
            self._faults.reset()
            with self._lock:
                self._calls.clear()
        self._faults.update(changes)

    def calls(self) -> Mapping[str, int]:
        """Return how often each operation was answered; errors are not billed, and not counted."""
        with self._lock:
            return {operation: self._calls[operation] for operation in OPERATIONS}

    def _answer(self, operation: str, payload: bytes, access_key: str) -> Answer:
        request = parse_request(load_service_model().operation_model(operation), payload)
        limits = LIMITS.get(operation, Limits())
        data = self._image(request.pop("Image"), limits, access_key)
        check_sides(data, limits)
        digest = digest_of(data)
        key = (operation, digest, json.dumps(request, sort_keys=True))
        with self._lock:
            known = self._answers.get(key)
            sight = self._sights.get(digest) or Sight(data, digest)
            _keep(self._sights, digest, sight, SIGHTS_KEPT)
        answer = known or OPERATIONS[operation](request, Scene(sight, self._engine))
        with self._lock:
            _keep(self._answers, key, answer, ANSWERS_KEPT)
        return copy.deepcopy(answer)

    def _image(self, image: dict[str, Any], limits: Limits, access_key: str) -> bytes:
        if ("S3Object" in image) == ("Bytes" in image):
            detail = "the image must be given as S3Object or as Bytes, one of them."
            raise RekognitionError.from_code("InvalidParameterException", detail)
        stored = image.get("S3Object")
        data: bytes = image["Bytes"] if stored is None else self._object(stored, access_key)
        check_weight(data, limits, by_reference=stored is not None)
        return data

    def _object(self, stored: dict[str, str], access_key: str) -> bytes:
        bucket, name = stored.get("Bucket"), stored.get("Name")
        if not bucket or not name:
            detail = "an S3Object must have a Bucket and a Name."
            raise RekognitionError.from_code("InvalidParameterException", detail)
        try:
            return self._read_object(bucket, name, stored.get("Version"), access_key)
        except ObjectUnreadable:
            raise RekognitionError.from_code("InvalidS3ObjectException") from None


def _keep(store: collections.OrderedDict[Any, Any], key: object, value: object, most: int) -> None:
    """Remember the value as the latest, and forget the oldest of too many."""
    store[key] = value
    store.move_to_end(key)
    while len(store) > most:
        store.popitem(last=False)
