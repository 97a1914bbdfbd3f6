"""The emulator's entry point: from an operation and the bytes of its request to a status and a response."""

from __future__ import annotations

import collections
import contextlib
import functools
import io
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from PIL import Image, ImageDraw

from local.faults import AnswerLost
from local.rekognition.analysis import ImageAnalysis, Request, Response
from local.rekognition.custom_labels.detection import detect_custom_labels
from local.rekognition.custom_labels.service import OPERATIONS as CUSTOM_LABELS_OPERATIONS
from local.rekognition.custom_labels.service import CustomLabels
from local.rekognition.custom_labels.training import ReadObject, Storage
from local.rekognition.detectors.objects import ObjectModels, load_object_model
from local.rekognition.detectors.ocr import TextReader
from local.rekognition.errors import ObjectUnreadable, ObjectUnwritable, RekognitionError, SettingError
from local.rekognition.faults import FaultInjector
from local.rekognition.images import LIMITS, OperationLimits, check_limits
from local.rekognition.labels import detect_labels
from local.rekognition.memory import return_large_blocks
from local.rekognition.moderation import detect_moderation_labels
from local.rekognition.people import detect_faces, detect_protective_equipment, recognize_celebrities
from local.rekognition.requests import parse_request
from local.rekognition.text import detect_text

_DETECTORS: dict[str, Callable[[Request, ImageAnalysis], Response]] = {
    "DetectFaces": detect_faces,
    "DetectLabels": detect_labels,
    "DetectModerationLabels": detect_moderation_labels,
    "DetectProtectiveEquipment": detect_protective_equipment,
    "DetectText": detect_text,
    "RecognizeCelebrities": recognize_celebrities,
}
BILLED = ("DetectCustomLabels", *_DETECTORS)  # for each image
OPERATIONS = (*BILLED, *CUSTOM_LABELS_OPERATIONS)
BUILT_IN = ObjectModels()
MAX_CACHED_ANALYSES = 4  # all operations on an image share its analysis, which holds up to 15 MB
logger = logging.getLogger(__name__)


def _write_nothing(bucket: str, key: str, content: bytes, access_key: str) -> None:
    raise ObjectUnwritable(key)


class Rekognition:
    """The emulator. Thread-safe.

    `read_object(bucket, key, version, access_key)` returns an S3 object and raises ObjectUnreadable if it is
    missing or the owner of the access key may not read it. Without `custom_labels`, models can't be trained.
    """

    def __init__(
        self,
        read_object: ReadObject,
        models: ObjectModels = BUILT_IN,
        faults: FaultInjector | None = None,
        custom_labels: CustomLabels | None = None,
    ) -> None:
        """Load the built-in model if it is in use. Raises ModelError if its file was changed."""
        self._read_object = read_object
        return_large_blocks()
        if models.has_built_in:
            load_object_model()  # now, so that a damaged file fails the start and not a picture
        self._reader = TextReader()
        self.models = models
        self._custom_labels = custom_labels or CustomLabels(Storage(read_object, _write_nothing))
        self._faults = faults or FaultInjector(OPERATIONS)
        self._lock = threading.Lock()
        self._calls: collections.Counter[str] = collections.Counter()
        self._analyze = functools.lru_cache(MAX_CACHED_ANALYSES)(
            lambda data: ImageAnalysis(data, self._reader, self.models)
        )

    def __call__(self, operation: str, payload: bytes, access_key: str) -> tuple[int, dict[str, Any]]:
        """Handle one call. Return the HTTP status and the JSON body."""
        try:
            if operation not in OPERATIONS:
                detail = f"{operation} is not one of {', '.join(OPERATIONS)}."
                raise RekognitionError("UnknownOperationException", detail)
            with self._faults.inject(operation):
                response = self.respond(operation, payload, access_key)
                with self._lock:
                    self._calls[operation] += 1
        except RekognitionError as error:
            return error.to_wire()
        except AnswerLost:
            raise
        except Exception:  # to the client, a bug in the emulator is an error of the service
            logger.exception("%s failed", operation)
            return RekognitionError.from_code("InternalServerError").to_wire()
        return 200, response

    def warm_up(self) -> None:
        """Load all models, so that the first image doesn't have to wait for them.

        They also allocate memory for the size of a photo, and those that read lines run only if there is one.
        """
        page = Image.new("RGB", (1600, 1200), "white")
        ImageDraw.Draw(page).text((100, 500), "Warm up", "black", font_size=160)
        with io.BytesIO() as file:
            page.save(file, "PNG")
            analysis = ImageAnalysis(file.getvalue(), self._reader, self.models)
        with contextlib.suppress(RuntimeError):  # the process is already ending
            _ = analysis.instances, analysis.nsfw_score, analysis.faces, analysis.lines

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Change the latency, quotas and faults of later calls. Settings that aren't given stay the same.

        - `latencyMs`, `tps`: a number for all operations, or an object from operation to number
        - `faults`: the same with `{"code", "count"}` or `{"code", "rate"}`, or a list of these
        - `reset`: true removes all settings and sets the counts of calls to 0, before the other changes

        Raises SettingError if any of them is invalid.
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

    def settings(self) -> Mapping[str, Any]:
        """Return the current settings, in the form that `configure` takes; `*` is all operations."""
        return self._faults.settings()

    def calls(self) -> Mapping[str, int]:
        """Return the number of successful calls by operation, of those that are billed. Errors aren't."""
        with self._lock:
            return {operation: self._calls[operation] for operation in BILLED}

    def respond(self, operation: str, payload: bytes, access_key: str) -> Response:
        """Return the response to a request. Raises RekognitionError if it is invalid."""
        if operation in CUSTOM_LABELS_OPERATIONS:
            return self._custom_labels.respond(operation, parse_request(operation, payload), access_key)
        request, data = self.read_request(operation, payload, access_key)
        with self._lock:  # concurrent calls on an image must share one analysis
            analysis = self._analyze(data)
        if operation == "DetectCustomLabels":
            return detect_custom_labels(self._custom_labels, request, analysis)
        return _DETECTORS[operation](request, analysis)

    def read_request(self, operation: str, payload: bytes, access_key: str) -> tuple[Request, bytes]:
        """Return the parameters of a request, and the bytes of its image. Raises RekognitionError."""
        request = parse_request(operation, payload)
        image = request.pop("Image")
        data = self._read_image(image, access_key)
        check_limits(data, LIMITS.get(operation, OperationLimits()), by_reference="S3Object" in image)
        return request, data

    def _read_image(self, image: dict[str, Any], access_key: str) -> bytes:
        if ("S3Object" in image) == ("Bytes" in image):
            detail = "Image must have exactly one of S3Object and Bytes."
            raise RekognitionError.from_code("InvalidParameterException", detail)
        if "Bytes" in image:
            return bytes(image["Bytes"])
        s3_object: dict[str, str] = image["S3Object"]
        bucket, name = s3_object.get("Bucket"), s3_object.get("Name")
        if not bucket or not name:
            detail = "an S3Object must have a Bucket and a Name."
            raise RekognitionError.from_code("InvalidParameterException", detail)
        try:
            return self._read_object(bucket, name, s3_object.get("Version"), access_key)
        except ObjectUnreadable:
            raise RekognitionError.from_code("InvalidS3ObjectException") from None
