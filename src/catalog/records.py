"""Records: what the catalog knows about an image, and how that is stored and shown."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from common.time import parse_rfc3339, rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

Status = Literal["pending", "done", "failed"]


@dataclass(frozen=True)
class LabelSummary:
    """A label as lists show it; the confidence is in percent."""

    name: str
    confidence: float


@dataclass(frozen=True)
class Reason:
    """Why an image failed."""

    code: str
    message: str


@dataclass(frozen=True)
class ImageRecord:
    """What the catalog knows about an image; sizes are in bytes and upright pixels."""

    owner: str
    id: str
    status: Status
    file_name: str
    content_type: str
    size: int
    uploaded_at: datetime
    width: int | None = None
    height: int | None = None
    processed_at: datetime | None = None
    labels: tuple[LabelSummary, ...] = ()
    reason: Reason | None = None


def image_body(record: ImageRecord) -> dict[str, Any]:
    """Return the API's `image`."""
    body: dict[str, Any] = {
        "id": record.id,
        "status": record.status,
        "fileName": record.file_name,
        "contentType": record.content_type,
        "size": record.size,
        "width": record.width,
        "height": record.height,
        "uploadedAt": rfc3339(record.uploaded_at),
        "processedAt": record.processed_at and rfc3339(record.processed_at),
        "labels": [{"name": label.name, "confidence": label.confidence} for label in record.labels],
    }
    if record.reason:
        body["reason"] = {"code": record.reason.code, "message": record.reason.message}
    return body


def item_key(owner: str, image_id: str) -> dict[str, str]:
    """Return the table key of an image's record."""
    return {"pk": f"OWNER#{owner}", "sk": f"IMAGE#{image_id}"}


def to_item(record: ImageRecord, expires_at: int) -> dict[str, Any]:
    """Return the table item of a record; `expires_at` is in epoch seconds."""
    item: dict[str, Any] = {
        **item_key(record.owner, record.id),
        "owner": record.owner,
        "id": record.id,
        "status": record.status,
        "fileName": record.file_name,
        "contentType": record.content_type,
        "size": record.size,
        "uploadedAt": rfc3339(record.uploaded_at),
        "width": record.width,
        "height": record.height,
        "processedAt": record.processed_at and rfc3339(record.processed_at),
        "labels": label_items(record.labels),
        "reason": record.reason and reason_item(record.reason),
        "expiresAt": expires_at,
    }
    return {name: value for name, value in item.items() if value is not None}


def from_item(item: Mapping[str, Any]) -> ImageRecord:
    """Read a record back from its table item."""
    processed_at, reason = item.get("processedAt"), item.get("reason")
    return ImageRecord(
        owner=item["owner"],
        id=item["id"],
        status=item["status"],
        file_name=item["fileName"],
        content_type=item["contentType"],
        size=int(item["size"]),
        uploaded_at=parse_rfc3339(item["uploadedAt"]),
        width=int(item["width"]) if "width" in item else None,
        height=int(item["height"]) if "height" in item else None,
        processed_at=parse_rfc3339(processed_at) if processed_at else None,
        labels=tuple(LabelSummary(label["name"], float(label["confidence"])) for label in item["labels"]),
        reason=Reason(reason["code"], reason["message"]) if reason else None,
    )


def label_items(labels: Iterable[LabelSummary]) -> list[dict[str, Any]]:
    """Return labels as the table stores them: DynamoDB takes decimals and no floats."""
    return [{"name": label.name, "confidence": Decimal(repr(float(label.confidence)))} for label in labels]


def reason_item(reason: Reason) -> dict[str, str]:
    """Return a reason as the table stores it."""
    return {"code": reason.code, "message": reason.message}
