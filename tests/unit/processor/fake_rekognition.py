"""Rekognition for tests, at the HTTP level: botocore validates real requests and parses real responses."""

from __future__ import annotations

import base64
import io
import json
from collections import Counter
from threading import Lock
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from PIL import Image, ImageOps

from tests.image_files import red_box

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class FakeRekognition:
    """Returns an empty result for every operation, unless a response is queued.

    DetectLabels finds the red box of the image as Rekognition sees it: a JPEG upright, a PNG as stored.
    """

    def __init__(self, client: Any, read_object: Callable[[str, str], bytes]) -> None:
        self.client = client
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self._last_image = b""  # as it was when it was requested
        self._responses: dict[str, list[tuple[int, dict[str, Any]]]] = {}  # by operation, in order
        self._read_object = read_object
        self._lock = Lock()

    def queue_errors(self, operation: str, *codes: str, status: int = 400) -> None:
        """Make the next calls of an operation fail."""
        self._responses.setdefault(operation, []).extend(
            (status, {"__type": code, "Code": code, "Message": f"AWS says {code}."}) for code in codes
        )

    def queue_response(self, operation: str, body: dict[str, Any]) -> None:
        """Make the next call of an operation return a body."""
        self._responses.setdefault(operation, []).append((200, body))

    def call_counts(self) -> Counter[str]:
        """Return the number of calls by operation."""
        return Counter(operation for operation, _ in self.requests)

    def last_image(self) -> Image.Image:
        """Return the image of the last request as Rekognition sees it."""
        opened = Image.open(io.BytesIO(self._last_image), formats=("JPEG", "PNG"))
        return ImageOps.exif_transpose(opened) if opened.format == "JPEG" else opened

    def send(self, request: Any, **_: Any) -> AWSResponse:
        """Handle botocore's `before-send` event."""
        operation = request.headers["X-Amz-Target"].decode().rpartition(".")[2]
        with self._lock:
            body = json.loads(request.body)
            self.requests.append((operation, body))
            self._last_image = self._read(body["Image"])
            queued = self._responses.get(operation)
            status, response = queued.pop(0) if queued else (200, self._default_response(operation))
        headers = HTTPHeaders.from_dict({"content-type": "application/x-amz-json-1.1"})
        return AWSResponse(request.url, status, headers, _RawResponse(json.dumps(response).encode()))

    def _read(self, image: dict[str, Any]) -> bytes:
        if "S3Object" in image:
            return self._read_object(image["S3Object"]["Bucket"], image["S3Object"]["Name"])
        return base64.b64decode(image["Bytes"])

    def _default_response(self, operation: str) -> dict[str, Any]:
        if operation != "DetectLabels":
            return {}
        found = red_box(self.last_image())
        if found is None:
            return {"Labels": [], "LabelModelVersion": "3.0"}
        box = dict(zip(("Left", "Top", "Width", "Height"), found, strict=True))
        label = {"Name": "Red", "Confidence": 99.5, "Instances": [{"BoundingBox": box, "Confidence": 99.5}]}
        return {"Labels": [label], "LabelModelVersion": "3.0"}


class _RawResponse(io.BytesIO):
    """A response body as botocore reads it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()
