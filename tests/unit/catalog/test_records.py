from __future__ import annotations

from datetime import UTC, datetime

from catalog.records import ImageRecord, LabelSummary, Reason, image_body

UPLOADED = datetime(2026, 11, 22, 15, 0, 0, 5000, UTC)


def test_the_body_of_a_pending_image() -> None:
    record = ImageRecord("public", "ab" * 32, "pending", "cat.png", "image/png", 12, UPLOADED)
    assert image_body(record) == {
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


def test_the_body_of_an_image_that_was_looked_at() -> None:
    record = ImageRecord(
        owner="public",
        id="ab" * 32,
        status="failed",
        file_name="cat.png",
        content_type="image/png",
        size=12,
        uploaded_at=UPLOADED,
        width=451,
        height=300,
        processed_at=UPLOADED,
        labels=(LabelSummary("Cat", 98.5),),
        reason=Reason("broken", "The picture is damaged."),
    )
    assert image_body(record) == {
        "id": "ab" * 32,
        "status": "failed",
        "fileName": "cat.png",
        "contentType": "image/png",
        "size": 12,
        "width": 451,
        "height": 300,
        "uploadedAt": "2026-11-22T15:00:00.005Z",
        "processedAt": "2026-11-22T15:00:00.005Z",
        "labels": [{"name": "Cat", "confidence": 98.5}],
        "reason": {"code": "broken", "message": "The picture is damaged."},
    }
