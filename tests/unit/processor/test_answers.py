from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from processor.answers import KeptAnswers, decode, encode
from processor.detectors import Call, build_calls, enabled_detectors
from processor.imaging.interface import ImageHeader, Limits
from tests.unit.support import NOW, NOW_TEXT

if TYPE_CHECKING:
    from common.settings import ProcessorSettings

LABELS: dict[str, Any] = {"Labels": [{"Name": "Café", "Confidence": 99.5}]}


@pytest.fixture
def calls(settings: ProcessorSettings) -> tuple[Call, ...]:
    changed = replace(settings, detect_text=True)
    return build_calls(enabled_detectors(changed), changed)


@pytest.fixture
def kept() -> KeptAnswers:
    return KeptAnswers(
        source="etag-1",
        header=ImageHeader("JPEG", 200, 120),
        limits=Limits(),
        is_converted=False,
        is_prepared=True,
        started_at=NOW,
        uncounted_calls=1,
        responses={"DetectLabels": LABELS},
    )


def test_encodes_the_answers_with_the_parameters_of_their_calls(kept, calls) -> None:
    assert json.loads(encode(kept, calls)) == {
        "Source": "etag-1",
        "Image": {"Format": "JPEG", "Width": 200, "Height": 120},
        "Limits": {"max_bytes": 5242880, "max_stored_bytes": 15728640, "min_side": 80, "max_side": 10000},
        "Converted": False,
        "Prepared": True,
        "StartedAt": NOW_TEXT,
        "UncountedCalls": 1,
        "Answers": [
            {
                "Operation": "DetectLabels",
                "Parameters": {"Features": ["GENERAL_LABELS"], "MaxLabels": 100, "MinConfidence": 40.0},
                "Response": LABELS,
            }
        ],
    }


def test_decodes_what_was_encoded(kept, calls) -> None:
    assert decode(encode(kept, calls), "etag-1", calls) == kept


def test_ignores_answers_about_another_version_of_the_object(kept, calls) -> None:
    assert decode(encode(kept, calls), "etag-2", calls) is None


def test_ignores_the_answer_to_a_call_with_other_parameters(kept, calls, settings) -> None:
    changed = replace(settings, labels_max_count=50)
    other_calls = build_calls(enabled_detectors(changed), changed)
    assert decode(encode(kept, calls), "etag-1", other_calls) == replace(kept, responses={})


@pytest.mark.parametrize(
    "document", [b"", b"[]", b"null", b'{"ETag": "etag-1"}', b'{"Source": "etag-1"}', b"\xff"]
)
def test_ignores_a_document_that_another_version_wrote(calls, document: bytes) -> None:
    assert decode(document, "etag-1", calls) is None
