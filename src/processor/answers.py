"""Kept answers: what a try has found out about an image that it couldn't finish.

The next try makes only the calls that are missing, so no call is billed twice, and decodes nothing again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from common.logs import get_logger
from common.time import format_rfc3339, parse_rfc3339
from processor.imaging.interface import ImageFacts, ImageHeader, Limits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from processor.detectors import Call

MEDIA_TYPE = "application/json"
_log = get_logger(__name__)


@dataclass(frozen=True)
class KeptAnswers:
    """What is known about a readable image, and the responses to its answered calls, by operation."""

    source: str  # identifies the object, and the upload that it came with
    header: ImageHeader
    limits: Limits  # that the image was prepared for
    is_converted: bool  # to a JPEG that is stored beside the answers
    is_prepared: bool  # whether the renderings are stored, and the JPEG if there is one
    started_at: datetime  # of the first try
    uncounted_calls: int  # of the responses, how many couldn't be counted
    responses: Mapping[str, Mapping[str, Any]]
    facts: ImageFacts | None  # None if it wasn't prepared


def encode(answers: KeptAnswers, calls: Sequence[Call]) -> bytes:
    """Return the answers to calls as a JSON document."""
    document = {
        "Source": answers.source,
        "Image": {
            "Format": answers.header.format,
            "Width": answers.header.width,
            "Height": answers.header.height,
        },
        "Limits": asdict(answers.limits),
        "Converted": answers.is_converted,
        "Prepared": answers.is_prepared,
        "StartedAt": format_rfc3339(answers.started_at),
        "UncountedCalls": answers.uncounted_calls,
        "Facts": answers.facts and answers.facts.document(),
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


def decode(document: bytes, source: str, calls: Sequence[Call]) -> KeptAnswers | None:
    """Read a document, without answers to other calls. Return None if it is about another source.

    Also return None if it can't be read, because another version wrote it: then the calls are made again.
    """
    try:
        content: dict[str, Any] = json.loads(document)
        return _parse(content, calls) if content["Source"] == source else None
    except (KeyError, TypeError, ValueError):
        _log.warning("unreadable answers", exc_info=True)
        return None


def _parse(content: Mapping[str, Any], calls: Sequence[Call]) -> KeptAnswers:
    image = content["Image"]
    parameters = {call.operation: call.parameters for call in calls}
    return KeptAnswers(
        source=content["Source"],
        header=ImageHeader(image["Format"], image["Width"], image["Height"]),
        limits=Limits(**content["Limits"]),
        is_converted=content["Converted"],
        is_prepared=content["Prepared"],
        started_at=parse_rfc3339(content["StartedAt"]),
        uncounted_calls=content["UncountedCalls"],
        responses={
            answer["Operation"]: answer["Response"]
            for answer in content["Answers"]
            if parameters.get(answer["Operation"]) == answer["Parameters"]
        },
        facts=ImageFacts.from_document(content["Facts"]) if content.get("Facts") else None,
    )
