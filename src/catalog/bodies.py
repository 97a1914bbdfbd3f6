"""Bodies: records and their parts as the API represents them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from common.time import format_rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalog.records import Box, Decision, ImageRecord, LabelSummary, Reason, Review


def image_body(record: ImageRecord) -> dict[str, Any]:
    """Return the API's `image`."""
    processed_at = record.processed_at or record.done_at
    body: dict[str, Any] = {
        "id": record.id,
        "status": record.status,
        "fileName": record.file_name,
        "contentType": record.content_type,
        "size": record.size,
        "width": record.width,
        "height": record.height,
        "uploadedAt": format_rfc3339(record.uploaded_at),
        "processedAt": processed_at and format_rfc3339(processed_at),
        "takenAt": record.taken_at and format_rfc3339(record.taken_at),
        "camera": next(iter(record.values("camera")), None),
        "people": next((int(number) for number in record.values("people")), None),
        "colors": list(record.values("color")),
        "labels": label_bodies(record.labels),
        "flags": list(record.flags),
        "review": record.open_review and review_body(record.open_review),
        "tags": list(record.own.tags),
        "favorite": record.own.favorite,
        "caption": record.own.caption,
        "decision": record.own.decision and decision_body(record.own.decision),
        "boxes": [box_body(box) for box in record.own.boxes],
        "revision": record.revision,
    }
    if record.reason:
        body["reason"] = reason_body(record.reason)
    if record.is_received and record.status == "pending":
        body["received"] = True
    if record.is_waiting:
        body["waiting"] = True
    return body


def label_bodies(labels: Iterable[LabelSummary]) -> list[dict[str, Any]]:
    """Return labels as the API represents them."""
    return [{"name": label.name, "confidence": label.confidence} for label in labels]


def reason_body(reason: Reason) -> dict[str, str]:
    """Return a reason as the API and the table represent it."""
    return {"code": reason.code, "message": reason.message}


def review_body(review: Review) -> dict[str, list[str]]:
    """Return why an image needs review, as the API and the table represent it."""
    return {"flags": list(review.flags), "missing": list(review.missing)}


def decision_body(decision: Decision) -> dict[str, str]:
    """Return a decision as the API and the table represent it."""
    return {"value": decision.value, "by": decision.by, "at": format_rfc3339(decision.at)}


def box_body(box: Box) -> dict[str, Any]:
    """Return a box as the API represents it."""
    return {
        "class": box.name,
        "left": box.left,
        "top": box.top,
        "width": box.width,
        "height": box.height,
    }
