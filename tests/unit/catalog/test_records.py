from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from catalog.bodies import image_body
from catalog.records import Decision, ImageRecord, LabelSummary, OwnData, Reason, Review
from tests.unit.support import IMAGE_ID, NOW, NOW_TEXT, PENDING_BODY

PENDING = ImageRecord("alice", IMAGE_ID, "pending", "cat.jpg", "image/jpeg", 1000, NOW)


def test_the_body_of_a_pending_image() -> None:
    assert image_body(PENDING) == PENDING_BODY


def test_the_body_of_a_processed_image() -> None:
    processed = replace(
        PENDING,
        status="failed",
        width=451,
        height=300,
        processed_at=NOW,
        labels=(LabelSummary("Cat", 98.5),),
        flags=("Violence",),
        reason=Reason("broken", "The picture is damaged."),
    )
    assert image_body(processed) == {
        **PENDING_BODY,
        "status": "failed",
        "width": 451,
        "height": 300,
        "processedAt": NOW_TEXT,
        "labels": [{"name": "Cat", "confidence": 98.5}],
        "flags": ["Violence"],
        "reason": {"code": "broken", "message": "The picture is damaged."},
    }


def test_the_body_says_that_an_image_waits_for_its_model() -> None:
    assert image_body(replace(PENDING, is_waiting=True)) == {**PENDING_BODY, "waiting": True}


@pytest.mark.parametrize(
    ("review", "body"),
    [
        (Review(("Violence",), ("Helmet", "Mask")), {"flags": ["Violence"], "missing": ["Helmet", "Mask"]}),
        (Review((), ("Mask",)), {"flags": [], "missing": ["Mask"]}),
    ],
)
def test_the_body_says_why_an_image_needs_review_until_there_is_a_decision(
    review: Review, body: dict[str, list[str]]
) -> None:
    image = replace(PENDING, status="done", processed_at=NOW, review=review)
    assert image_body(image)["review"] == body
    decided = replace(image, own=OwnData(decision=Decision("hidden", "ann@example.com", NOW)))
    assert image_body(decided)["review"] is None


def test_an_image_counts_in_the_month_it_was_taken_or_else_added() -> None:
    assert [str(month) for month in PENDING.months] == ["added:2026-11", "taken:2026-11"]
    taken = replace(PENDING, taken_at=datetime(2020, 5, 31, tzinfo=UTC))
    assert [str(month) for month in taken.months] == ["added:2026-11", "taken:2020-05"]
