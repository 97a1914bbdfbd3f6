from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from catalog.records import ImageRecord, LabelSummary, Reason, image_body

TIME = datetime(2026, 11, 22, 15, 0, 0, 5000, UTC)
PENDING = ImageRecord("public", "ab" * 32, "pending", "cat.png", "image/png", 12, TIME)
PENDING_BODY = {
    "id": "ab" * 32,
    "status": "pending",
    "fileName": "cat.png",
    "contentType": "image/png",
    "size": 12,
    "width": None,
    "height": None,
    "uploadedAt": "2026-11-22T15:00:00.005Z",
    "processedAt": None,
    "labels": [],
}


def test_the_body_of_a_pending_image() -> None:
    assert image_body(PENDING) == PENDING_BODY


def test_the_body_of_a_processed_image() -> None:
    processed = replace(
        PENDING,
        status="failed",
        width=451,
        height=300,
        processed_at=TIME,
        labels=(LabelSummary("Cat", 98.5),),
        reason=Reason("broken", "The picture is damaged."),
    )
    assert image_body(processed) == {
        **PENDING_BODY,
        "status": "failed",
        "width": 451,
        "height": 300,
        "processedAt": "2026-11-22T15:00:00.005Z",
        "labels": [{"name": "Cat", "confidence": 98.5}],
        "reason": {"code": "broken", "message": "The picture is damaged."},
    }
