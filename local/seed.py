"""Seed data: the objects that the files in `events/` refer to, so that each event can be invoked right away.

It isn't part of any one service: it needs S3 and the functions of the running stack.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.api.payload import MalformedResponse, to_response
from local.http import send
from local.logs import Log, log_problems

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from local.lambda_.environment import InvocationResult

# The file in web/samples/ by key. The last key contains every kind of character that S3 encodes in events.
DIRECT_UPLOADS = {
    "samples/astronaut.jpg": "astronaut.jpg",
    "samples/chelsea.jpg": "chelsea.jpg",
    "odd names/100% café + crème.jpg": "chelsea.jpg",
}
_COMMENT = b"seeded by the local stack"


class SeedingFailed(Exception):
    """The sample upload couldn't be created; the message says why."""


class Seeding:
    """Whether a stack is being seeded."""

    is_running = False

    @contextmanager
    def running(self) -> Iterator[None]:
        """Seed the stack within a `with` block."""
        self.is_running = True
        try:
            yield
        finally:
            self.is_running = False

    def without_routine(self, log: Log) -> Log:
        """Return a log that takes only problems while the stack is being seeded: the rest is noise then."""
        return lambda name, line: (log_problems if self.is_running else log)(name, line)


def seeded_jpeg(samples: Path) -> bytes:
    """Return the content of the seeded upload; a JPEG comment makes its bytes differ from the sample's."""
    jpeg = (samples / "astronaut.jpg").read_bytes()
    comment = b"\xff\xfe" + (len(_COMMENT) + 2).to_bytes(2) + _COMMENT
    return jpeg[:2] + comment + jpeg[2:]


def seed(s3: S3Client, bucket: str, root: Path, create_upload: Callable[[Any], InvocationResult]) -> None:
    """Put the direct uploads into the input bucket, and upload one image as the owner in `events/`.

    That owner can't sign in, so `create_upload` invokes the function behind `POST /uploads` without the API.
    Asking for the upload again makes the function send the image's event to the retry queue. If the caller
    deletes that message, the image stays pending until one of the events is invoked: it counts as queued, so
    that nothing recovers it. Raises SeedingFailed if the function fails.
    """
    samples = root / "web" / "samples"
    for key, name in DIRECT_UPLOADS.items():
        content = (samples / name).read_bytes()
        s3.put_object(Bucket=bucket, Key=key, Body=content, ContentType="image/jpeg")
    content = seeded_jpeg(samples)
    event = json.loads((root / "events" / "presign-post.json").read_text(encoding="utf-8"))
    event["body"] = json.dumps(
        {
            "fileName": "seeded.jpg",
            "contentType": "image/jpeg",
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
    )
    if upload := _parse_upload(create_upload(event)):
        response = send(upload["method"], upload["url"], data=content, headers=upload["headers"])
        if not response.ok:
            raise SeedingFailed(f"S3 responded with {response.status_code} {response.reason}.")
    create_upload(event)


def _parse_upload(result: InvocationResult) -> Any:
    """Return the `upload` of the function's response, or None if an interrupted start has left the image."""
    if result.failed:
        raise SeedingFailed(result.error)
    try:
        response = to_response(result.payload)
    except MalformedResponse as error:
        raise SeedingFailed(f"The function returned an invalid response: {error}") from error
    document = response.get_json(silent=True)
    if response.status_code == HTTPStatus.OK and isinstance(document, dict):
        return None
    if response.status_code != HTTPStatus.CREATED or not isinstance(document, dict):
        body = response.get_data(as_text=True)
        raise SeedingFailed(f"The function responded with {response.status}: {body}")
    return document["upload"]
