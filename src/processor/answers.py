"""Kept answers: what a try has found out about an image that it couldn't finish.

The next try makes only the calls that are missing, so no call is billed twice, and decodes nothing again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common.time import format_rfc3339, parse_rfc3339
from processor.imaging.interface import ImageHeader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from processor.detectors import Call

MEDIA_TYPE = "application/json"


@dataclass(frozen=True)
class KeptAnswers:
    """What is known about a readable image, and the responses to its answered calls, by operation."""

    etag: str  # of the object that the answers are about
    header: ImageHeader
    is_converted: bool  # to a JPEG that is stored beside the answers
    has_renderings: bool  # whether the preview and the thumbnail are stored
    started_at: datetime  # of the first try
    responses: Mapping[str, Mapping[str, Any]]


def encode(answers: KeptAnswers, calls: Sequence[Call]) -> bytes:
    """Return the answers to calls as a JSON document."""
    document = {
        "ETag": answers.etag,
        "Image": {
            "Format": answers.header.format,
            "Width": answers.header.width,
            "Height": answers.header.height,
        },
        "Converted": answers.is_converted,
        "Renderings": answers.has_renderings,
        "StartedAt": format_rfc3339(answers.started_at),
        "Answers": [
            {
                "Operation": call.operation,
                "Parameters": call.parameters,
                "Response": answers.responses[call.operation],
            }
            for call in calls
            if call.operation in answers.responses
        ],
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False).encode()


def decode(document: bytes, etag: str, calls: Sequence[Call]) -> KeptAnswers | None:
    """Read a document. Return None if it is about another object; leave out answers to other calls."""
    content: dict[str, Any] = json.loads(document)
    if content["ETag"] != etag:
        return None
    parameters = {call.operation: call.parameters for call in calls}
    return KeptAnswers(
        etag=etag,
        header=ImageHeader(content["Image"]["Format"], content["Image"]["Width"], content["Image"]["Height"]),
        is_converted=content["Converted"],
        has_renderings=content["Renderings"],
        started_at=parse_rfc3339(content["StartedAt"]),
        responses={
            answer["Operation"]: answer["Response"]
            for answer in content["Answers"]
            if parameters.get(answer["Operation"]) == answer["Parameters"]
        },
    )
