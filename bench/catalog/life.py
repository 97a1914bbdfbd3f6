"""What a picture takes of the catalog in its whole life, step by step, by the number of its labels."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from bench.catalog.requests import Total, metered, table
from catalog.catalog import Catalog
from catalog.quotas import UploadLimits
from catalog.records import ImageRecord, LabelSummary, ResultSummary
from catalog.terms import Term
from catalog.transitions.finish import Completion
from catalog.usage import StackUsage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.catalog.requests import Request

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
LIMITS = UploadLimits(day=100_000, month=100_000, minute=100_000)
LISTED = 60  # pictures of a page, as the page of the browser asks for


class Size(NamedTuple):
    """How many terms a picture has, without its file name. At most 40 labels and 40 others are kept."""

    labels: int
    others: int = 0


SIZES = (Size(10), Size(30), Size(30, 10), Size(40, 40))


def new_record(owner: str, number: int) -> ImageRecord:
    """Return the record of a picture that is about to be uploaded."""
    return ImageRecord(owner, f"{number:064x}", "pending", f"IMG_{number:04}.jpg", "image/jpeg", 1000, NOW)


def upload(catalog: Catalog, record: ImageRecord) -> None:
    """Do what PresignFunction does."""
    catalog.get(record.owner, record.id)
    catalog.stack_usage()
    catalog.start(record, LIMITS)


def recognize(catalog: Catalog, record: ImageRecord, now: datetime, size: Size) -> None:
    """Do what ProcessorFunction does with one detector."""
    lease = catalog.acquire_lease(record.owner, record.id, "me", 60)
    catalog.add_usage(StackUsage({"image": 1}, 1))
    summary = ResultSummary(
        4000,
        3000,
        tuple(LabelSummary(f"Label name {number:02}", 98.7654321) for number in range(size.labels)),
        terms=tuple(Term("text", f"word{number:02}") for number in range(size.others)),
    )
    completion = Completion(summary, 1, now, int(now.timestamp()) + 90 * 86400)
    if not catalog.complete(record.owner, record.id, completion, "me", leased=lease.item):
        raise RuntimeError("the picture wasn't completed")


def list_page(catalog: Catalog, owner: str) -> None:
    """Do what ImagesFunction does for the first page of a list."""
    entries, _ = catalog.index.entries(owner, None, limit=LISTED)
    catalog.index.records(owner, (entry.image_id for entry in entries))


def count(catalog: Catalog, owner: str) -> None:
    """Do what ImagesFunction does for GET /labels."""
    catalog.index.vocabulary(owner)
    catalog.upload_counts(owner)
    catalog.stack_usage()


def tag(catalog: Catalog, record: ImageRecord) -> None:
    """Do what ImagesFunction does for a tag and a favorite."""
    catalog.get(record.owner, record.id)
    catalog.annotate(record.owner, record.id, lambda own: replace(own, tags=("sale",), favorite=True))


def delete(catalog: Catalog, record: ImageRecord) -> None:
    """Do what ImagesFunction does for a deletion."""
    deletion = catalog.begin_deletion(record.owner, record.id)
    if deletion is None:
        raise RuntimeError("the picture wasn't deleted")
    catalog.end_deletion(deletion)


def steps(catalog: Catalog, record: ImageRecord, size: Size) -> Iterator[str]:
    """Take a picture through its life. Yield the name of each step after it."""
    owner, image_id = record.owner, record.id
    upload(catalog, record)
    yield "uploaded"
    catalog.get(owner, image_id)
    yield "asked for while pending"
    recognize(catalog, record, NOW, size)
    yield "recognized"
    catalog.get(owner, image_id)
    yield "viewed"
    list_page(catalog, owner)
    yield "listed"
    count(catalog, owner)
    yield "counted"
    tag(catalog, record)
    yield "tagged, and marked as a favorite"
    delete(catalog, record)
    yield "deleted"


def measure(size: Size) -> dict[str, Total]:
    """Return what each step takes, for the second picture of an owner."""
    with table() as moto, metered() as requests:
        catalog = Catalog(moto, clock=lambda: NOW, random=lambda: 1.0)  # which never merges
        for _ in steps(catalog, new_record("alice", 1), size):  # the first one starts the quota
            pass
        return dict(_totals(catalog, requests, size))


def _totals(catalog: Catalog, requests: list[Request], size: Size) -> Iterator[tuple[str, Total]]:
    requests.clear()
    for step in steps(catalog, new_record("alice", 2), size):
        yield step, Total.of(requests)
        requests.clear()
