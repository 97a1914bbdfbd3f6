"""A typical event for each function, from `events/`."""

from __future__ import annotations

import functools
import hashlib
import io
import json
from typing import TYPE_CHECKING, Any

from PIL import Image

from local.settings import ROOT
from processor.imaging.interface import MIN_SIDE

if TYPE_CHECKING:
    from local.stack import Stack

_FILES = {
    "PresignFunction": "presign-post",
    "ImagesFunction": "images-list",
    "ProcessorFunction": "s3-put",
    "RecoveryFunction": "schedule",
    "PublisherFunction": "dynamodb-stream",
    "ModelsFunction": "models-list",
    "TrainerFunction": "schedule-minute",
}
_STATUSES = {"PresignFunction": 201, "ImagesFunction": 200, "ModelsFunction": 200}  # of HTTP


@functools.cache
def _small_picture() -> bytes:
    """Return a photo of the smallest size that Rekognition accepts: a start's work isn't that on pixels."""
    with Image.open(ROOT / "web" / "samples" / "astronaut.jpg") as photo, io.BytesIO() as file:
        photo.resize((MIN_SIDE, MIN_SIDE)).save(file, "JPEG")
        return file.getvalue()


class UnexpectedAnswer(Exception):
    """A function didn't answer as it does to this event."""


class Events:
    """Events about the seed data of a local stack."""

    def __init__(self, stack: Stack) -> None:
        self._s3 = stack.client("s3")
        self._events = {
            name: json.loads((ROOT / "events" / f"{file}.json").read_text("utf-8"))
            for name, file in _FILES.items()
        }

    def typical(self, function_id: str, number: int) -> Any:
        """Return an event that each number makes as much work: about another new picture."""
        event = self._events[function_id]
        if function_id == "PresignFunction":
            new = {"sha256": hashlib.sha256(str(number).encode()).hexdigest()}
            return {**event, "body": json.dumps({**json.loads(event["body"]), **new})}
        if function_id == "ProcessorFunction":
            (record,) = event["Records"]
            content = _small_picture()
            bucket, key = record["s3"]["bucket"]["name"], f"small/{number}.jpg"
            self._s3.put_object(Bucket=bucket, Key=key, Body=content, ContentType="image/jpeg")
            added = {**record["s3"]["object"], "key": key, "size": len(content)}
            return {"Records": [{**record, "s3": {**record["s3"], "object": added}}]}
        return event

    def check(self, function_id: str, result: Any) -> None:
        """Raises UnexpectedAnswer if the function didn't do its work."""
        if function_id in _STATUSES:
            succeeded = result["statusCode"] == _STATUSES[function_id]
        elif function_id == "ProcessorFunction":
            succeeded = [image["status"] for image in result["images"]] == ["done"]
        else:
            succeeded = not result.get("batchItemFailures")
        if not succeeded:
            raise UnexpectedAnswer(f"{function_id} answered {result}")
