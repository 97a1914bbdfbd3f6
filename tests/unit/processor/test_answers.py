from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from processor.answers import KeptAnswers, decode, encode
from processor.detectors import Call, build_calls, enabled_detectors
from processor.imaging.interface import ImageFacts, ImageHeader, Limits
from tests.unit.support import NOW, NOW_TEXT

if TYPE_CHECKING:
    from common.settings import ProcessorSettings

FACTS = ImageFacts({"Camera": "Canon EOS R5", "Location": {"Latitude": 1.5}}, ("blue", "red"), "0f" * 8)
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
        facts=FACTS,
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
        "Facts": {
            "Exif": {"Camera": "Canon EOS R5", "Location": {"Latitude": 1.5}},
            "Colors": ["blue", "red"],
            "PerceptualHash": "0f0f0f0f0f0f0f0f",
        },
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


def test_answers_without_facts_are_of_an_image_that_was_not_prepared(kept, calls) -> None:
    document = json.loads(encode(kept, calls))
    without = json.dumps({name: value for name, value in document.items() if name != "Facts"}).encode()
    assert decode(without, "etag-1", calls) == replace(kept, facts=None)
    assert decode(encode(replace(kept, facts=None), calls), "etag-1", calls) == replace(kept, facts=None)


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
