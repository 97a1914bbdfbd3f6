"""The earlier result of an image that is recognized again: answers that needn't be asked for once more."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common.logs import get_logger
from processor.detectors import DETECTORS
from processor.imaging.interface import ImageFacts, ImageHeader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from processor.detectors import Call

_log = get_logger(__name__)


@dataclass(frozen=True)
class EarlierResult:
    """What a result document says: the detectors' values by result key, the model versions by detector.

    `parameters` are those of the answered calls, by operation; a document of an older version has none, and
    no facts.
    """

    etag: str  # of the object
    header: ImageHeader
    is_converted: bool
    billed_calls: int
    parameters: Mapping[str, Mapping[str, Any]]
    values: Mapping[str, Any]
    model_versions: Mapping[str, str]
    facts: ImageFacts | None

    def current_answers(self, calls: Sequence[Call]) -> dict[str, Mapping[str, Any]]:
        """Return the answers, by operation, that calls would get again: to the same parameters."""
        return {
            call.operation: self.answer(call)
            for call in calls
            if self.parameters.get(call.operation) == call.parameters
            and all(detector.result_key in self.values for detector in call.detectors)
        }

    def answer(self, call: Call) -> dict[str, Any]:
        """Return what the response to a call had for its detectors, whatever the parameters were."""
        answer: dict[str, Any] = {}
        for detector in call.detectors:
            if detector.result_key in self.values:
                answer[detector.result_key] = self.values[detector.result_key]
            if detector.model_version_key and detector.name in self.model_versions:
                answer[detector.model_version_key] = self.model_versions[detector.name]
        return answer


def parse(document: bytes, etag: str | None) -> EarlierResult | None:
    """Read a result document as `parse_any` does. Return None if it's about another version of the object."""
    earlier = parse_any(document)
    return earlier if earlier and earlier.etag == etag else None


def parse_any(document: bytes) -> EarlierResult | None:
    """Read a result document. Return None if it describes a failure.

    Also return None if it can't be read: then the calls are made again.
    """
    try:
        content: dict[str, Any] = json.loads(document)
        if "Failure" in content:
            return None
        image, recognition = content["Image"], content["Recognition"]
        return EarlierResult(
            etag=image["ETag"],
            header=ImageHeader(image["Format"], image["Width"], image["Height"]),
            is_converted=recognition["Converted"],
            billed_calls=recognition["BilledCalls"],
            parameters=recognition.get("Calls", {}),
            values={
                detector.result_key: content[detector.result_key]
                for detector in DETECTORS
                if detector.result_key in content
            },
            model_versions=recognition["ModelVersions"],
            facts=_parse_facts(content["Exif"], image) if "Exif" in content else None,
        )
    except (KeyError, TypeError, ValueError):
        _log.warning("unreadable result", exc_info=True)
        return None


def _parse_facts(exif: Mapping[str, Any], image: Mapping[str, Any]) -> ImageFacts:
    return ImageFacts(exif, tuple(image["Colors"]), image.get("PerceptualHash"))
