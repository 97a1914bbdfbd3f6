"""A real botocore client that gets its responses from the emulator, and generated images."""

from __future__ import annotations

import base64
import io
import json
import re
from dataclasses import dataclass, field
from typing import Any

import boto3
import numpy as np
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError
from PIL import Image

from local.rekognition.errors import ObjectUnreadable, ObjectUnwritable
from local.rekognition.service import Rekognition

MODEL_ARN = "arn:aws:rekognition:us-east-1:123456789012:project/birds/version/birds.2026/1234567890"


@dataclass
class MemoryStorage:
    """S3 objects that everyone but the access key `stranger` may read, and a log of the reads."""

    objects: dict[tuple[str, str], bytes] = field(default_factory=dict)
    reads: list[tuple[str, str, str | None, str]] = field(default_factory=list)
    read_only: set[str] = field(default_factory=set)  # buckets

    def read(self, bucket: str, key: str, version: str | None, access_key: str) -> bytes:
        self.reads.append((bucket, key, version, access_key))
        if (bucket, key) not in self.objects or access_key == "stranger":
            raise ObjectUnreadable(key)
        return self.objects[bucket, key]

    def write(self, bucket: str, key: str, content: bytes, access_key: str) -> None:
        if bucket in self.read_only:
            raise ObjectUnwritable(key)
        self.objects[bucket, key] = content


def find_model_violations(value: Any, shape: Any, path: str = "") -> list[str]:
    """List the parts of a response that are unknown to the service model or have another type or range."""
    if shape.type_name == "structure":
        if not isinstance(value, dict):
            return [path]
        unknown = [f"{path}.{name}" for name in value if name not in shape.members]
        return unknown + [
            violation
            for name, item in value.items()
            if name in shape.members
            for violation in find_model_violations(item, shape.members[name], f"{path}.{name}")
        ]
    if shape.type_name == "list":
        if not isinstance(value, list):
            return [path]
        return [violation for item in value for violation in find_model_violations(item, shape.member, path)]
    types: dict[str, Any] = {
        "string": str,
        "boolean": bool,
        "integer": int,
        "long": int,
        "float": (int, float),
        "timestamp": (int, float),
    }
    allowed = shape.metadata.get("enum")
    valid = isinstance(value, types[shape.type_name]) and (not allowed or value in allowed)
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if valid and low is not None and shape.type_name in ("integer", "float"):
        valid = low <= value <= (high if high is not None else value)
    return [] if valid else [f"{path}={value!r}"]


def client_of(emulator: Rekognition, access_key: str = "caller") -> Any:
    """Return a boto3 client that calls the emulator instead of sending HTTP requests."""
    config = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
    client: Any = boto3.client("rekognition", region_name="us-east-1", config=config)

    def respond(request: Any, **_: Any) -> AWSResponse:
        operation = request.headers["X-Amz-Target"]
        operation = (operation.decode() if isinstance(operation, bytes) else operation).split(".")[1]
        status, body = emulator(operation, request.body, access_key)
        if status == 200:
            shape = client.meta.service_model.operation_model(operation).output_shape
            assert find_model_violations(body, shape) == []
        raw: Any = io.BytesIO(json.dumps(body, allow_nan=False).encode())
        raw.stream = lambda *_args, **_kwargs: iter([raw.read()])
        headers: Any = {"Content-Type": "application/x-amz-json-1.1"}
        return AWSResponse(request.url, status, headers, raw)

    client.meta.events.register("before-send.rekognition", respond)
    return client


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    with io.BytesIO() as buffer:
        image.save(buffer, kind, **options)
        return buffer.getvalue()


def flat(width: int, height: int, kind: str = "PNG", color: str = "teal") -> bytes:
    return encoded(Image.new("RGB", (width, height), color), kind)


def noise(seed: int, grain: int, width: int = 400, height: int = 300) -> bytes:
    """Return blurred noise with grains of the given size, in which cascades tend to find faces."""
    shape = (height // grain, width // grain)
    grains = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    return encoded(Image.fromarray(grains).resize((width, height), Image.Resampling.BICUBIC).convert("RGB"))


IMAGE = {"Bytes": flat(100, 100)}
IMAGE_BASE64 = base64.b64encode(flat(100, 100)).decode()


def moderate(client: Any) -> str | None:
    """Call DetectModerationLabels, the fastest operation. Return its error code or None."""
    try:
        client.detect_moderation_labels(Image=IMAGE)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return None


def error_of(rekognition: Rekognition, operation: str, request: Any) -> tuple[int, str, str]:
    """Return status, code and message of a failing call, after checking the shape of its body."""
    payload = request if isinstance(request, bytes) else json.dumps(request).encode()
    status, body = rekognition(operation, payload, "caller")
    assert sorted(body) == ["Code", "Logref", "Message", "__type"]
    assert body["__type"] == body["Code"]
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", body["Logref"])
    return status, body["Code"], body["Message"]
