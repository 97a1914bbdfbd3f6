"""Items: records as the table stores them. Attributes without a value are left out."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from catalog.bodies import decision_body, reason_body, review_body
from catalog.keys import from_record_key, record_key
from catalog.records import (
    INDEX_VERSION,
    Box,
    Decision,
    ImageRecord,
    LabelSummary,
    OwnData,
    Reason,
    Review,
    SourceObject,
)
from catalog.terms import Term
from common.time import format_rfc3339, parse_rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from catalog.records import ResultSummary


def to_item(record: ImageRecord, expires_at: int) -> dict[str, Any]:
    """Return a record's table item; `expires_at` is in epoch seconds."""
    item = {
        **record_key(record.owner, record.id),
        "status": record.status,
        "fileName": record.file_name,
        "contentType": record.content_type,
        "size": record.size,
        "width": record.width,
        "height": record.height,
        "uploadedAt": format_rfc3339(record.uploaded_at),
        "processedAt": record.processed_at and format_rfc3339(record.processed_at),
        "labels": label_map(record.labels),
        "flags": list(record.flags) or None,
        "reason": record.reason and reason_body(record.reason),
        "received": record.is_received or None,
        **_facts(record),
        **own_attributes(record.own),
        "indexed": INDEX_VERSION if record.is_indexed else None,
        "revision": record.revision or None,
        "source": record.source and source_map(record.source),
        "expiresAt": expires_at,
    }
    return {name: value for name, value in item.items() if value is not None}


def from_item(item: Mapping[str, Any]) -> ImageRecord:
    """Return the record of a table item."""
    reason = item.get("reason")
    owner, image_id = from_record_key(item)
    return ImageRecord(
        owner=owner,
        id=image_id,
        status=item["status"],
        file_name=item["fileName"],
        content_type=item["contentType"],
        size=int(item["size"]),
        uploaded_at=parse_rfc3339(item["uploadedAt"]),
        width=int(item["width"]) if "width" in item else None,
        height=int(item["height"]) if "height" in item else None,
        processed_at=_time(item, "processedAt"),
        labels=labels_of(item),
        flags=tuple(item.get("flags", ())),
        reason=Reason(reason["code"], reason["message"]) if reason else None,
        is_received="received" in item,
        lease_expires_at=int(item["leaseExpiresAt"]) if "leaseExpiresAt" in item else None,
        queued_until=int(item["queuedUntil"]) if "queuedUntil" in item else None,
        counted_at=_time(item, "countedAt"),
        done_at=_time(item, "doneAt"),
        terms=tuple(Term.parse(text) for text in item.get("terms", ())),
        taken_at=_time(item, "takenAt"),
        perceptual_hash=item.get("perceptualHash"),
        review=_review(item),
        is_waiting="waiting" in item,
        own=own_data(item),
        is_indexed="indexed" in item,
        revision=int(item.get("revision", 0)),
        source=SourceObject(**item["source"]) if "source" in item else None,
        billed_calls=int(item.get("billedCalls", 0)),
    )


def index_version(item: Mapping[str, Any]) -> int:
    """Return the version of what is counted of an item, 0 if it isn't indexed."""
    return int(item.get("indexed", 0))


def labels_of(item: Mapping[str, Any]) -> tuple[LabelSummary, ...]:
    """Return the labels of an item, highest confidence first. Older items have them as a list."""
    labels = item.get("labels", {})
    if isinstance(labels, list):
        return tuple(LabelSummary(label["name"], float(label["confidence"])) for label in labels)
    found = [LabelSummary(name, float(confidence)) for name, confidence in labels.items()]
    return tuple(sorted(found, key=lambda label: (-label.confidence, label.name)))


def own_data(item: Mapping[str, Any]) -> OwnData:
    """Return what the owner has said about the image of an item."""
    decision = item.get("decision")
    return OwnData(
        tags=tuple(item.get("tags", ())),
        favorite="favorite" in item,
        caption=item.get("caption"),
        decision=decision and Decision(decision["value"], decision["by"], parse_rfc3339(decision["at"])),
        boxes=tuple(Box(name, *map(float, sides)) for name, *sides in item.get("boxes", ())),
    )


def own_attributes(own: OwnData) -> dict[str, Any]:
    """Return the attributes of what the owner has said; None for those to leave out or remove."""
    return {
        "tags": list(own.tags) or None,
        "favorite": own.favorite or None,
        "caption": own.caption or None,
        "decision": own.decision and decision_body(own.decision),
        "boxes": [_box_values(box) for box in own.boxes] or None,
    }


def summary_attributes(summary: ResultSummary) -> dict[str, Any]:
    """Return the attributes that completing an image sets on its item, or removes if they are None."""
    return {
        "width": summary.width,
        "height": summary.height,
        "labels": label_map(summary.labels),
        "flags": list(summary.flags) or None,
        **_facts(summary),
    }


def label_map(labels: Iterable[LabelSummary]) -> dict[str, Decimal] | None:
    """Return the confidence by name: DynamoDB stores decimals, not floats. Return None without labels."""
    found: dict[str, Decimal] = {}
    for label in labels:
        found.setdefault(label.name, Decimal(repr(float(label.confidence))))
    return found or None


def source_map(source: SourceObject) -> dict[str, str]:
    """Return a source object as the table stores it."""
    return {"bucket": source.bucket, "key": source.key, "etag": source.etag}


def _box_values(box: Box) -> list[Any]:
    """Return a box without names: a picture can have dozens, and each kilobyte is billed."""
    sides = (box.left, box.top, box.width, box.height)
    return [box.name, *(Decimal(repr(side)) for side in sides)]


def _facts(facts: ImageRecord | ResultSummary) -> dict[str, Any]:
    return {
        "terms": [str(term) for term in facts.terms] or None,
        "takenAt": facts.taken_at and format_rfc3339(facts.taken_at),
        "perceptualHash": facts.perceptual_hash,
        "review": facts.review and review_body(facts.review),
        "waiting": facts.is_waiting or None,
    }


def _review(item: Mapping[str, Any]) -> Review | None:
    review = item.get("review")
    return review and Review(tuple(review["flags"]), tuple(review["missing"]))


def _time(item: Mapping[str, Any], name: str) -> datetime | None:
    return parse_rfc3339(item[name]) if name in item else None
