"""Records: what the catalog knows about an image, as a table item and as the API's `image`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from catalog.keys import record_key
from common.time import format_rfc3339, parse_rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

Status = Literal["pending", "done", "failed"]


@dataclass(frozen=True)
class LabelSummary:
    """A label as shown in lists; the confidence is in percent."""

    name: str
    confidence: float


@dataclass(frozen=True)
class Reason:
    """Why an image failed."""

    code: str
    message: str


@dataclass(frozen=True)
class ResultSummary:
    """What a record keeps of a result; the size is in upright pixels."""

    width: int
    height: int
    labels: tuple[LabelSummary, ...]


@dataclass(frozen=True)
class ImageRecord:
    """A record; `size` is in bytes, `width` and `height` are in upright pixels.

    Leases and marks end in epoch seconds: one whose time has passed has no effect.
    """

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
    is_received: bool = False  # whether the processor has seen its file
    lease_expires_at: int | None = None  # None if the processor isn't working on it
    queued_until: int | None = None  # until then its event is in the retry queue
    counted_at: datetime | None = None  # when its upload was counted, if it can still be given back


def image_body(record: ImageRecord) -> dict[str, Any]:
    """Return the API's `image`, whose fields the table stores as well (see `to_item`)."""
    body: dict[str, Any] = {
        "id": record.id,
        "status": record.status,
        "fileName": record.file_name,
        "contentType": record.content_type,
        "size": record.size,
        "width": record.width,
        "height": record.height,
        "uploadedAt": format_rfc3339(record.uploaded_at),
        "processedAt": record.processed_at and format_rfc3339(record.processed_at),
        "labels": label_bodies(record.labels),
    }
    if record.reason:
        body["reason"] = reason_body(record.reason)
    if record.is_received and record.status == "pending":
        body["received"] = True
    return body


def to_item(record: ImageRecord, expires_at: int) -> dict[str, Any]:
    """Return a record's table item: the API's fields, the owner and `expires_at` in epoch seconds."""
    item = {
        **record_key(record.owner, record.id),
        "owner": record.owner,
        **image_body(record),
        "labels": label_items(record.labels),
        "expiresAt": expires_at,
    }
    return {name: value for name, value in item.items() if value is not None}


def from_item(item: Mapping[str, Any]) -> ImageRecord:
    """Return the record of a table item."""
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
        is_received="received" in item,
        lease_expires_at=int(item["leaseExpiresAt"]) if "leaseExpiresAt" in item else None,
        queued_until=int(item["queuedUntil"]) if "queuedUntil" in item else None,
        counted_at=parse_rfc3339(item["countedAt"]) if "countedAt" in item else None,
    )


def summary_attributes(summary: ResultSummary) -> dict[str, Any]:
    """Return the attributes, except `labels`, that completing an image sets on its item."""
    return {"width": summary.width, "height": summary.height}


def label_bodies(labels: Iterable[LabelSummary]) -> list[dict[str, Any]]:
    """Return labels as the API represents them."""
    return [{"name": label.name, "confidence": label.confidence} for label in labels]


def label_items(labels: Iterable[LabelSummary]) -> list[dict[str, Any]]:
    """Return labels as table attributes: DynamoDB stores decimals, not floats."""
    return [{"name": label.name, "confidence": Decimal(repr(float(label.confidence)))} for label in labels]


def reason_body(reason: Reason) -> dict[str, str]:
    """Return a reason as the API and the table represent it."""
    return {"code": reason.code, "message": reason.message}
