"""A table of the version that had lists of labels and exact counters gets the index of terms."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from catalog.catalog import Catalog
from catalog.contention import TableBusy
from catalog.index.vocabulary import MonthTotals
from catalog.records import LabelSummary
from catalog.terms import MONTH_KINDS
from catalog.transitions.change import change
from deploy.reindex import Reindexing
from tests.cloud import create_catalog_table
from tests.unit.catalog.support import CallLog, Interruption, interrupt, list_ids
from tests.unit.support import OUTPUT_BUCKET

if TYPE_CHECKING:
    from catalog.index.counts import Counts
    from catalog.table import Item, Table

DONE, FAILED, PENDING, OTHER, LAST = (f"{number:064x}" for number in range(5))
NOW = datetime.now(UTC).replace(microsecond=0)
EXPIRES_AT = (int(NOW.timestamp()) // 86400 + 9) * 86400
UPLOADED_AT = NOW.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def old_record(image_id: str, status: str, **attributes: Any) -> dict[str, Any]:
    return {
        "pk": "OWNER#alice",
        "sk": f"IMAGE#{image_id}",
        "owner": "alice",
        "id": image_id,
        "status": status,
        "fileName": "a.jpg",
        "contentType": "image/jpeg",
        "size": 1,
        "uploadedAt": UPLOADED_AT,
        "labels": [],
        "expiresAt": EXPIRES_AT,
        **attributes,
    }


def old_entry(partition: str, image_id: str, expires_at: int = EXPIRES_AT) -> dict[str, Any]:
    sk = f"{UPLOADED_AT}#{image_id}"
    return {"pk": f"OWNER#alice#{partition}", "sk": sk, "id": image_id, "expiresAt": expires_at}


OLD_ITEMS = [
    old_record(
        DONE,
        "done",
        labels=[{"name": "Cat", "confidence": 90}],
        indexNames={"cat", "big animal"},
        flags=["Violence"],
        processedAt=UPLOADED_AT,
        width=1,
        height=1,
    ),
    old_record(FAILED, "failed", reason={"code": "broken", "message": "It is."}, processedAt=UPLOADED_AT),
    old_record(PENDING, "pending", pendingShard="pending#0", expiresAt=int(NOW.timestamp()) + 86400),
    *(old_entry("IMAGES", image_id, int(NOW.timestamp()) + 86400) for image_id in (DONE, FAILED, PENDING)),
    *(old_entry(f"LABEL#{name}", DONE) for name in ("cat", "big animal")),
    *(
        {"pk": "OWNER#alice#LABELS", "sk": f"LABEL#{name.lower()}", "name": name, "day30000": 1}
        for name in ("Cat", "Big Animal")
    ),
    {
        "pk": "OWNER#alice",
        "sk": f"MONTH#{NOW:%Y-%m}",
        "images": 3,
        "billedCalls": 5,
        "expiresAt": EXPIRES_AT,
    },
    {"pk": "STACK", "sk": f"MONTH#{NOW:%Y-%m}", "billedCalls": 5, "expiresAt": EXPIRES_AT},
]


@pytest.fixture
def table() -> Any:
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket=OUTPUT_BUCKET)
        table = create_catalog_table()
        for item in OLD_ITEMS:
            table.put_item(Item=item)
        yield table


def reindexing(table: Any) -> Reindexing:
    return Reindexing(table, 90, boto3.client("s3"), OUTPUT_BUCKET)


def check(table: Any) -> None:
    """Check what readers see, and that nothing of the old index is left."""
    catalog = Catalog(table)
    vocabulary = catalog.index.vocabulary("alice")
    assert {str(each.term): each.count for each in vocabulary.terms()} == {
        "label:Cat": 1,
        "label:Big Animal": 1,
        "flag:Violence": 1,
        "name:a.jpg": 2,
        "status:failed": 1,
    }
    assert {str(each.term): each.count for each in vocabulary.terms(MONTH_KINDS)} == {
        f"{kind}:{NOW:%Y-%m}": 2 for kind in MONTH_KINDS
    }
    assert vocabulary.month(f"{NOW:%Y-%m}") == MonthTotals(3, 5)
    assert list_ids(catalog, "alice", "big animal") == [DONE]
    done = catalog.get("alice", DONE)
    assert done
    assert done.labels == (LabelSummary("Cat", 90.0),)
    assert set(list_ids(catalog, "alice")) == {DONE, FAILED, PENDING}
    items = table.scan()["Items"]
    assert [item for item in items if "#LABEL" in item["pk"] or "indexNames" in item] == []
    lists = {item["sk"][-1]: int(item["expiresAt"]) for item in items if item["pk"].endswith("#IMAGES")}
    assert lists["0"] == lists["1"] == EXPIRES_AT
    assert lists["2"] > int(NOW.timestamp()) + 90 * 86400  # as long as its record, once it is finished
    assert {item["sk"][:5] for item in items if item["sk"].startswith("MONTH")} == {"MONTH"}


def test_indexes_the_records_of_an_older_table(table) -> None:
    assert reindexing(table).run() == {"records": 3, "indexed": 2, "deleted": 4}
    check(table)
    before = {(item["pk"], item["sk"]): item for item in table.scan()["Items"]}
    assert reindexing(table).run()["indexed"] == 0
    assert {(item["pk"], item["sk"]): item for item in table.scan()["Items"]} == before


def test_an_interrupted_run_is_finished_by_the_next_one(table) -> None:
    calls = CallLog(table)
    for index in range(0, 60, 3):
        for item in table.scan()["Items"]:
            table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
        for item in OLD_ITEMS:
            table.put_item(Item=item)
        calls.clear()
        calls.run_before(index, interrupt)
        with suppress(Interruption):
            reindexing(table).run()
        has_run = calls.has_run
        calls.clear()
        reindexing(table).run()
        check(table)
        if not has_run:
            break
    else:
        raise AssertionError


def test_a_record_that_is_deleted_during_the_run_stays_deleted(table) -> None:
    calls = CallLog(table)
    catalog = Catalog(table)

    def delete() -> None:
        deletion = catalog.begin_deletion("alice", DONE)
        assert deletion
        catalog.end_deletion(deletion)

    calls.run_before(2, delete)
    reindexing(table).run()
    assert catalog.get("alice", DONE) is None
    assert catalog.index.vocabulary("alice").terms(["label"]) == []


def test_an_owner_whose_record_keeps_changing_fails_and_keeps_the_old_lists(table, monkeypatch) -> None:
    bob = old_record(DONE, "done", pk="OWNER#bob", indexNames={"big animal"}, processedAt=UPLOADED_AT)
    bob_lists = [
        {**old_entry("LABEL#big animal", DONE), "pk": "OWNER#bob#LABEL#big animal"},
        {"pk": "OWNER#bob#LABELS", "sk": "LABEL#big animal", "name": "Big Animal", "day30000": 1},
    ]
    for item in (bob, *bob_lists):
        table.put_item(Item=item)

    def lose_to_another_process(table: Table, old: Item, attributes: Any) -> Item | None:
        return None if old["pk"] == "OWNER#bob" else change(table, old, attributes)

    with monkeypatch.context() as patch:
        patch.setattr("deploy.reindex.change", lose_to_another_process)
        patch.setattr("deploy.reindex.time.sleep", lambda seconds: None)
        failing = reindexing(table)
        assert failing.run() == {"records": 4, "indexed": 2, "deleted": 4}
    assert {owner: type(error) for owner, error in failing.failures.items()} == {"bob": TableBusy}
    items = table.scan()["Items"]
    assert [item for item in items if item["pk"].startswith("OWNER#bob#LABEL")] == bob_lists
    reindexing(table).run()
    terms = Catalog(table).index.vocabulary("bob").terms(["label"])
    assert [str(each.term) for each in terms] == ["label:Big Animal"]


def test_an_owner_whose_snapshot_cannot_be_written_does_not_stop_the_run(table, monkeypatch) -> None:
    for number in range(60):
        record = old_record(f"{number:064x}", "done", pk="OWNER#aaron", processedAt=UPLOADED_AT)
        table.put_item(Item=record)

    def reject(table: Table, owner: str, counts: Counts) -> bool:
        raise ClientError({"Error": {"Code": "ValidationException"}}, "TransactWriteItems")

    monkeypatch.setattr("deploy.reindex.merge", reject)
    run = reindexing(table)
    assert run.run()["indexed"] == 62
    assert list(run.failures) == ["aaron"]
    check(table)


def test_adds_the_months_that_a_version_with_an_index_did_not_count(table) -> None:
    reindexing(table).run()
    for item in table.scan()["Items"]:  # as that version wrote it
        if "indexed" in item:
            table.put_item(Item={**item, "indexed": True})
        elif item["pk"].endswith("#LOG") and "added" in item:
            terms = [term for term in item["added"] if not term.startswith(tuple(MONTH_KINDS))]
            table.put_item(Item={**item, "added": terms})
    catalog = Catalog(table)
    assert catalog.annotate("alice", DONE, lambda own: replace(own, favorite=True))
    assert catalog.index.vocabulary("alice").terms(MONTH_KINDS) == []
    entries = [item for item in table.scan()["Items"] if "#TERM#" in item["pk"]]
    assert reindexing(table).run() == {"records": 3, "indexed": 2}
    assert catalog.annotate("alice", DONE, lambda own: replace(own, favorite=False))
    check(table)
    kept = [item for item in entries if "is:favorite" not in item["pk"]]
    assert [item for item in table.scan()["Items"] if "#TERM#" in item["pk"]] == kept
    assert reindexing(table).run() == {"records": 3, "indexed": 0}


def test_reads_categories_of_labels_from_the_results_of_few_pictures(table) -> None:
    table.put_item(Item=old_record(OTHER, "done", labels={"Cat": 90, "Pet": 90}, processedAt=UPLOADED_AT))
    table.put_item(Item=old_record(LAST, "done", labels={"Pet": 90, "Gizmo": 90}, processedAt=UPLOADED_AT))
    s3, animals = boto3.client("s3"), [{"Name": "Animals and Pets"}]
    documents = {
        OTHER: [{"Name": "Cat", "Categories": animals}, {"Name": "Pet", "Categories": animals}],
        LAST: [{"Name": "Pet", "Categories": animals}, {"Name": "Gizmo", "Categories": []}],
    }
    for image_id, labels in documents.items():  # the result of DONE is gone
        body = json.dumps({"SchemaVersion": 1, "Labels": labels}).encode()
        s3.put_object(Bucket=OUTPUT_BUCKET, Key=f"uploads/alice/{image_id}.json", Body=body)
    reindexing(table).run()
    found = Catalog(table).label_categories.find(["Cat", "Pet", "Gizmo"])
    assert found == {"Cat": "Animals and Pets", "Pet": "Animals and Pets"}


def test_reads_one_result_for_the_same_labels(table) -> None:
    s3, read = boto3.client("s3"), []
    for number in range(10, 15):
        image_id = f"{number:064x}"
        table.put_item(Item=old_record(image_id, "done", labels={"Gizmo": 90}, processedAt=UPLOADED_AT))
        document = b'{"Labels":[{"Name":"Gizmo","Confidence":90}]}'
        s3.put_object(Bucket=OUTPUT_BUCKET, Key=f"uploads/alice/{image_id}.json", Body=document)
    s3.meta.events.register("before-call.s3.GetObject", lambda params, **_: read.append(params["url_path"]))
    table.delete_item(Key={"pk": "OWNER#alice", "sk": f"IMAGE#{DONE}"})
    Reindexing(table, 90, s3, OUTPUT_BUCKET).run()
    assert len(read) == 1
