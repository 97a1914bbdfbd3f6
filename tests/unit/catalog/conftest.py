from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from moto import mock_aws

from catalog.catalog import Catalog
from catalog.items import index_version
from catalog.keys import from_record_key, is_record_key
from catalog.records import INDEX_VERSION, ImageRecord, LabelSummary, Reason, ResultSummary
from catalog.terms import MONTH_KINDS
from catalog.transitions.finish import Completion, FailureSummary
from common.time import month_of
from local.aws.transactions import make_transactions_isolated
from tests.cloud import create_catalog_table
from tests.unit.catalog import support
from tests.unit.catalog.support import ID, CallLog, Clock, Interruption, interrupt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from catalog.index.vocabulary import MonthTotals

REASON = Reason("broken", "The picture is damaged.")
make_transactions_isolated()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def table() -> Iterator[Any]:
    """The boto3 resource of an empty table in moto."""
    with mock_aws():
        yield create_catalog_table()


@pytest.fixture
def delays() -> list[float]:
    """The delays for which the catalog has slept, in seconds."""
    return []


@pytest.fixture
def catalog(table: Any, clock: Clock, delays: list[float]) -> Catalog:
    return Catalog(table, clock, sleep=delays.append, random=lambda: 1.0)


@pytest.fixture
def read_items(table: Any) -> Callable[[], dict[str, dict[str, Any]]]:
    """Return all items, without their keys, by "partition key, space, sort key"."""

    def read_items() -> dict[str, dict[str, Any]]:
        return {f"{item.pop('pk')} {item.pop('sk')}": item for item in table.scan()["Items"]}

    return read_items


@pytest.fixture
def record(clock: Clock) -> ImageRecord:
    """A pending record that isn't in the table yet."""
    return ImageRecord("public", ID, "pending", "Räuber 🐈.jpg", "image/jpeg", 791555, clock.now)


@pytest.fixture
def complete(catalog: Catalog, clock: Clock) -> Callable[..., bool]:
    """Record a result with these labels; it expires after five days."""

    def complete(
        *labels: str,
        owner: str = "public",
        image_id: str = ID,
        lease_owner: str | None = None,
        confidence: float = 90.0,
        billed_calls: int = 2,
        taken_at: datetime | None = None,
    ) -> bool:
        completion = Completion(
            ResultSummary(
                512,
                256,
                tuple(LabelSummary(label, confidence) for label in labels),
                ("Violence",),
                taken_at=taken_at,
            ),
            billed_calls=billed_calls,
            processed_at=clock.now + timedelta(seconds=2),
            expires_at=int(clock.now.timestamp()) + 5 * 86400,
        )
        return catalog.complete(owner, image_id, completion, lease_owner)

    return complete


@pytest.fixture
def fail(catalog: Catalog, clock: Clock) -> Callable[..., bool]:
    """Record a rejection; it expires after five days."""

    def fail(lease_owner: str | None = None, reason: Reason = REASON) -> bool:
        expires_at = int(clock.now.timestamp()) + 5 * 86400
        failure = FailureSummary(reason, processed_at=clock.now, expires_at=expires_at)
        return catalog.fail("public", ID, failure, lease_owner)

    return fail


@pytest.fixture
def done_record(record: ImageRecord) -> ImageRecord:
    """The record after `complete("Person")` at the time of its upload."""
    return replace(
        record,
        status="done",
        width=512,
        height=256,
        labels=(LabelSummary("Person", 90.0),),
        flags=("Violence",),
        processed_at=record.uploaded_at + timedelta(seconds=2),
        billed_calls=2,
        is_indexed=True,
        revision=1,
    )


@pytest.fixture
def failed_record(record: ImageRecord) -> ImageRecord:
    """The record after `fail()` at the time of its upload."""
    return replace(
        record, status="failed", processed_at=record.uploaded_at, reason=REASON, is_indexed=True, revision=1
    )


@pytest.fixture
def delete(catalog: Catalog) -> Callable[[], bool]:
    """Delete the image. Return False if it doesn't exist."""

    def delete() -> bool:
        entry = catalog.begin_deletion("public", ID)
        if entry:
            catalog.end_deletion(entry)
        return entry is not None

    return delete


@pytest.fixture
def list_ids(catalog: Catalog) -> Callable[..., list[str]]:
    """Return the ids of an owner's images: all, or those with a label."""

    def list_ids(label: str | None = None, owner: str = "public") -> list[str]:
        return support.list_ids(catalog, owner, label)

    return list_ids


@pytest.fixture
def count_labels(
    catalog: Catalog, table: Any, list_ids: Callable[..., list[str]]
) -> Callable[..., dict[str, int]]:
    """Return an owner's label counts after checking each term's count and list against the records."""

    def count_labels(owner: str = "public") -> dict[str, int]:
        items = [item for item in table.scan()["Items"] if is_record_key(item)]
        records = [(catalog.get(*from_record_key(item)), index_version(item)) for item in items]
        indexed = [(record, version) for record, version in records if record and record.owner == owner]
        terms = Counter(term.key for record, version in indexed if version for term in record.all_terms)
        months = Counter(
            month.key for record, version in indexed if version == INDEX_VERSION for month in record.months
        )
        vocabulary = catalog.index.vocabulary(owner)
        assert {each.term.key: each.count for each in vocabulary.terms()} == terms
        assert {each.term.key: each.count for each in vocabulary.terms(MONTH_KINDS)} == months
        return {each.term.value: each.count for each in vocabulary.terms(["label"])}

    return count_labels


@pytest.fixture
def this_month(catalog: Catalog, clock: Clock) -> Callable[..., MonthTotals]:
    """Return an owner's totals of the current month."""
    return lambda owner="public": catalog.index.vocabulary(owner).month(month_of(clock.now))


@pytest.fixture
def calls(table: Any) -> CallLog:
    return CallLog(table)


@pytest.fixture
def interrupt_completion(calls: CallLog, complete: Callable[..., bool]) -> Callable[..., None]:
    """Record a result, but interrupt it before the call with this index."""

    def interrupt_completion(*labels: str, before: int) -> None:
        calls.run_before(before, interrupt)
        with pytest.raises(Interruption):
            complete(*labels)

    return interrupt_completion


@pytest.fixture
def cancel_transactions(table: Any) -> Callable[[str], None]:
    """Cancel every transaction from now on, for the given reason."""

    def cancel_transactions(reason: str) -> None:
        def cancel(**_: object) -> None:
            raise table.meta.client.exceptions.TransactionCanceledException(
                {
                    "Error": {"Code": "TransactionCanceledException"},
                    "CancellationReasons": [{"Code": reason}],
                },
                "TransactWriteItems",
            )

        table.meta.client.meta.events.register("before-call.dynamodb.TransactWriteItems", cancel)

    return cancel_transactions
