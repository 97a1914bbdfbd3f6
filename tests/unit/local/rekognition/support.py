"""A real botocore client whose requests the emulator answers, and pictures to ask about."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
import numpy as np
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError
from PIL import Image

from local.rekognition import ObjectUnreadable

if TYPE_CHECKING:
    from local.rekognition import Rekognition


@dataclass
class Store:
    """Objects, and who may read them."""

    objects: dict[tuple[str, str], bytes] = field(default_factory=dict)
    reads: list[tuple[str, str, str | None, str]] = field(default_factory=list)

    def read(self, bucket: str, key: str, version: str | None, access_key: str) -> bytes:
        self.reads.append((bucket, key, version, access_key))
        if (bucket, key) not in self.objects or access_key == "stranger":
            raise ObjectUnreadable(key)
        return self.objects[bucket, key]


def strangers(answer: Any, shape: Any, path: str = "") -> list[str]:
    """List what an answer has that the service model does not know, or has of another type."""
    if shape.type_name == "structure":
        if not isinstance(answer, dict):
            return [path]
        return [
            found
            for name, value in answer.items()
            for found in (
                strangers(value, shape.members[name], f"{path}.{name}")
                if name in shape.members
                else [f"{path}.{name}"]
            )
        ]
    if shape.type_name == "list":
        if not isinstance(answer, list):
            return [path]
        return [found for item in answer for found in strangers(item, shape.member, path)]
    types = {"string": str, "integer": int, "float": (int, float), "boolean": bool}
    allowed = shape.metadata.get("enum")
    bad = not isinstance(answer, types[shape.type_name]) or bool(allowed and answer not in allowed)
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if not bad and low is not None and shape.type_name in ("integer", "float"):
        bad = not low <= answer <= (high if high is not None else answer)
    return [f"{path}={answer!r}"] if bad else []


def client_of(emulator: Rekognition, access_key: str = "caller") -> Any:
    """Return a client that serialises and parses as ever; only the wire in between is ours."""
    config = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
    client = boto3.client("rekognition", region_name="us-east-1", config=config)

    def answer(request: Any, **_: Any) -> AWSResponse:
        operation = request.headers["X-Amz-Target"]
        operation = (operation.decode() if isinstance(operation, bytes) else operation).split(".")[1]
        status, body = emulator(operation, request.body, access_key)
        if status == 200:
            shape = client.meta.service_model.operation_model(operation).output_shape
            assert strangers(body, shape) == []
        raw = io.BytesIO(json.dumps(body, allow_nan=False).encode())
        raw.stream = lambda *_args, **_kwargs: iter([raw.read()])  # type: ignore[attr-defined]
        return AWSResponse(request.url, status, {"Content-Type": "application/x-amz-json-1.1"}, raw)

    client.meta.events.register("before-send.rekognition", answer)
    return client


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    with io.BytesIO() as buffer:
        image.save(buffer, kind, **options)
        return buffer.getvalue()


def flat(width: int, height: int, kind: str = "PNG", colour: str = "teal") -> bytes:
    return encoded(Image.new("RGB", (width, height), colour), kind)


def noise(seed: int, blur: int, width: int = 400, height: int = 300) -> bytes:
    """Return blurred noise: coarse grains enlarged, which cascades are prone to see faces in."""
    grains = np.random.default_rng(seed).integers(0, 256, (height // blur, width // blur), dtype=np.uint8)
    return encoded(Image.fromarray(grains).resize((width, height), Image.Resampling.BICUBIC).convert("RGB"))


IMAGE = {"Bytes": flat(100, 100)}


def moderate(client: Any) -> str | None:
    """Return the error of one call, if any."""
    try:
        client.detect_moderation_labels(Image=IMAGE)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return None


def refusal(rekognition: Rekognition, operation: str, request: Any) -> tuple[int, str, str]:
    """Return status, code and message of an error, once its body has the service's shape."""
    payload = request if isinstance(request, bytes) else json.dumps(request).encode()
    status, body = rekognition(operation, payload, "caller")
    assert sorted(body) == ["Code", "Logref", "Message", "__type"]
    assert body["__type"] == body["Code"]
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", body["Logref"])
    return status, body["Code"], body["Message"]
