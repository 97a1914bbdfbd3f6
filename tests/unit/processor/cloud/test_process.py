"""One picture from its arrival to its record, and never billed twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from catalog.catalog import Claim
from catalog.records import LabelSummary
from processor.process import Attempt

KEY = "drops/picture"
ID = "ab" * 32
UPLOAD = f"uploads/public/{ID}"
INPUT, OUTPUT = "stack-input", "stack-output"


def record_of(catalog):
    record = catalog.get("public", ID)
    return record.status, record.labels, record.reason


def test_a_drop(processor, attempt, put, make, document, storage) -> None:
    data = make("JPEG", 6)
    outcome = processor().process(put(data), attempt)
    assert outcome.body() == {
        "key": KEY,
        "status": "done",
        "resultKey": f"{KEY}.json",
        "thumbnailKey": f"{KEY}.thumb.webp",
        "labels": [{"name": "Red", "confidence": 99.5}],
    }
    etag = storage.head(INPUT, KEY).etag
    found = document()
    [label] = found.pop("Labels")
    assert (label["Name"], label["Confidence"], len(label["Instances"])) == ("Red", 99.5, 1)
    assert found == {
        "SchemaVersion": 1,
        "Image": {
            "Bucket": INPUT,
            "Key": KEY,
            "ETag": etag,
            "Bytes": len(data),
            "Format": "JPEG",
            "Width": 200,
            "Height": 120,
        },
        "Errors": {},
        "Recognition": {
            "Detectors": ["labels"],
            "MinConfidence": 40.0,
            "ModelVersions": {"labels": "3.0"},
            "StartedAt": "2026-11-22T15:00:00.123Z",
            "DurationMs": 0,
            "Converted": False,
            "BilledCalls": 1,
        },
    }
    stored = storage.head(OUTPUT, f"{KEY}.json")
    assert (stored.content_type, dict(stored.metadata)) == ("application/json", {"source-etag": etag})
    assert storage.head(OUTPUT, f"{KEY}.thumb.webp").content_type == "image/webp"


def test_what_rekognition_takes_goes_by_reference_and_all_else_as_bytes(
    processor, attempt, put, make, rekognition
) -> None:
    processor().process(put(make("JPEG"), "a b+ü%.jpg"), attempt)
    processor().process(put(make("WebP"), "other"), attempt)
    (_, by_reference), (_, by_bytes) = rekognition.requests
    assert by_reference == {
        "Image": {"S3Object": {"Bucket": INPUT, "Name": "a b+ü%.jpg"}},
        "Features": ["GENERAL_LABELS"],
        "MaxLabels": 100,
        "MinConfidence": 40.0,
    }
    assert list(by_bytes["Image"]) == ["Bytes"]


def test_an_upload(processor, attempt, put, make, document, catalog, table) -> None:
    outcome = processor().process(put(make("PNG", 3), UPLOAD), attempt)
    assert outcome.status == "done"
    assert record_of(catalog) == ("done", (LabelSummary("Red", 99.5),), None)
    record = catalog.get("public", ID)
    assert (record.width, record.height) == (200, 120)
    assert document(UPLOAD)["Recognition"]["Converted"] is True
    (item,) = [found for found in table.scan()["Items"] if found["sk"] == f"IMAGE#{ID}"]
    midnight_after = (record.processed_at + timedelta(days=91)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    assert item["expiresAt"] == int(midnight_after.timestamp())  # rounded up to a day, as S3's own expiry is
    assert {"claimant", "claimedUntil"}.isdisjoint(item)


def test_an_upload_that_is_done_is_not_billed_again(processor, attempt, put, make, rekognition) -> None:
    arrival = put(make("JPEG"), UPLOAD)
    assert processor().process(arrival, attempt).status == "done"
    assert processor().process(arrival, attempt).body() == {"key": UPLOAD, "status": "skipped"}
    assert len(rekognition.requests) == 1


def test_an_upload_that_another_invocation_has_is_left_to_it(
    processor, attempt, put, make, rekognition, catalog
) -> None:
    arrival = put(make("JPEG"), UPLOAD)
    assert catalog.claim("public", ID, "request-2", 60) is Claim.TAKEN
    assert processor().process(arrival, attempt).body() == {"key": UPLOAD, "status": "busy"}
    assert rekognition.requests == []


@pytest.mark.parametrize(
    ("since", "stays"), [(timedelta(0), False), (timedelta(seconds=-1), True)], ids=["late", "put since"]
)
def test_an_upload_without_a_record_was_deleted_and_goes_unless_it_was_put_since(
    processor, attempt, put, make, rekognition, storage, clients, since: timedelta, stays: bool
) -> None:
    arrival = put(make("JPEG"), f"uploads/public/{'cd' * 32}")
    arrival = replace(arrival, at=storage.head(INPUT, arrival.key).modified_at + since)
    assert processor().process(arrival, attempt).status == "skipped"
    assert rekognition.requests == []
    assert clients.s3.list_objects_v2(Bucket=INPUT)["KeyCount"] == stays


def test_what_a_cut_off_try_wrote_about_a_picture_that_was_deleted_meanwhile_goes(
    processor, attempt, put, make, catalog, storage, clients
) -> None:
    arrival = put(make("JPEG"), UPLOAD)
    catalog.end_deletion(catalog.begin_deletion("public", ID))
    for made in ("json", "thumb.webp"):
        storage.write(OUTPUT, f"{UPLOAD}.{made}", b"late", content_type="application/octet-stream")
    assert processor().process(arrival, attempt).status == "skipped"
    assert clients.s3.list_objects_v2(Bucket=OUTPUT)["KeyCount"] == 0


def test_what_was_begun_while_a_late_picture_is_taken_away_stays(
    processor, attempt, put, make, catalog, storage
) -> None:
    arrival = put(make("JPEG"), UPLOAD)
    arrival = replace(arrival, at=storage.head(INPUT, UPLOAD).modified_at)
    record = catalog.get("public", ID)
    catalog.end_deletion(catalog.begin_deletion("public", ID))
    storage.write(OUTPUT, f"{UPLOAD}.json", b"its own", content_type="application/json")
    claim = catalog.claim

    def claim_then_begin(*given):
        missing = claim(*given)
        catalog.start(record)
        return missing

    catalog.claim = claim_then_begin
    assert processor().process(arrival, attempt).status == "skipped"
    assert storage.head(INPUT, UPLOAD).size > 0
    assert storage.read(OUTPUT, f"{UPLOAD}.json") == b"its own"


@pytest.mark.parametrize("found", ["a result", "a failure"])
def test_a_picture_deleted_and_uploaded_again_meanwhile_is_left_to_its_own_event(
    processor, attempt, put, make, catalog, storage, rekognition, found: str
) -> None:
    """Else it would be done without the thumbnail that the deletion took, or fail for being gone."""
    data = make("JPEG")
    arrival = put(data, UPLOAD)
    if found == "a failure":
        rekognition.fail("DetectLabels", "InvalidS3ObjectException")
    complete, fail = catalog.complete, catalog.fail

    def anew(finish):
        def finish_anew(*given, **named):
            catalog.end_deletion(catalog.begin_deletion("public", ID))
            storage.delete(OUTPUT, f"{UPLOAD}.thumb.webp")
            put(data, UPLOAD)
            return finish(*given, **named)

        return finish_anew

    catalog.complete, catalog.fail = anew(complete), anew(fail)
    assert processor().process(arrival, attempt).status == "skipped"
    assert catalog.get("public", ID).status == "pending"
    catalog.complete, catalog.fail = complete, fail
    assert processor().process(arrival, replace(attempt, claimant="request-2")).status == "done"
    assert storage.head(OUTPUT, f"{UPLOAD}.thumb.webp").content_type == "image/webp"


def test_a_claim_outlives_its_invocation_by_a_little(processor, put, make, catalog, rekognition) -> None:
    arrival = put(make("JPEG"), UPLOAD)
    claims = []
    claim = catalog.claim
    catalog.claim = lambda *given: claims.append(given) or claim(*given)
    processor().process(arrival, Attempt("request-1", lambda: 58.9))
    assert claims == [("public", ID, "request-1", 63)]


def test_a_record_deleted_while_its_picture_was_looked_at(
    processor, attempt, put, make, catalog, table
) -> None:
    arrival = put(make("JPEG"), UPLOAD)
    complete = catalog.complete

    def delete_then_complete(*given, **named):
        table.delete_item(Key={"pk": "OWNER#public", "sk": f"IMAGE#{ID}"})
        return complete(*given, **named)

    catalog.complete = delete_then_complete
    assert processor().process(arrival, attempt).status == "skipped"
    assert catalog.get("public", ID) is None


def test_a_drop_that_has_its_result_is_not_billed_again(processor, attempt, put, make, rekognition) -> None:
    arrival = put(make("JPEG"))
    assert processor().process(arrival, attempt).status == "done"
    assert processor().process(arrival, attempt).body() == {"key": KEY, "status": "skipped"}
    assert len(rekognition.requests) == 1


def test_a_drop_put_anew_is_looked_at_anew(processor, attempt, put, make, document) -> None:
    processor().process(put(make("JPEG")), attempt)
    assert processor().process(put(make("BMP")), attempt).status == "done"
    assert document()["Image"]["Format"] == "BMP"


def test_a_record_promises_only_what_is_there(
    processor, attempt, put, make, storage, catalog, monkeypatch
) -> None:
    arrival = put(make("JPEG"), UPLOAD)
    write, complete, order = storage.write, catalog.complete, []
    monkeypatch.setattr(storage, "write", lambda *to, **what: order.append(to[1]) or write(*to, **what))
    monkeypatch.setattr(
        catalog, "complete", lambda *of, **what: order.append("record") or complete(*of, **what)
    )
    processor().process(arrival, attempt)
    assert order == [f"{UPLOAD}.thumb.webp", f"{UPLOAD}.json", "record"]
