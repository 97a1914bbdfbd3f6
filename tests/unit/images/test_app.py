from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.stub import Stubber

from catalog.catalog import Catalog
from catalog.records import ImageRecord, LabelSummary, Reason

ID = "ab" * 32
KEY = f"uploads/alice/{ID}"
NOW = datetime(2026, 11, 22, 15, 0, 0, 123000, UTC)
LATER = int(NOW.timestamp()) + 1000
RECORD = ImageRecord("alice", ID, "pending", "Kätzchen.jpg", "image/jpeg", 1000, NOW)
RESULT = {"SchemaVersion": 1, "Labels": [{"Name": "Cat", "Confidence": 98.512345}]}
FAILURE = {"SchemaVersion": 1, "Failure": {"Code": "broken", "Message": "It is."}}
PENDING = {
    "id": ID,
    "status": "pending",
    "fileName": "Kätzchen.jpg",
    "contentType": "image/jpeg",
    "size": 1000,
    "width": None,
    "height": None,
    "uploadedAt": "2026-11-22T15:00:00.123Z",
    "processedAt": None,
    "labels": [],
}
NOT_FOUND = {
    "type": "about:blank",
    "title": "Not Found",
    "status": 404,
    "detail": "There is no such picture. It may have been deleted, or never been uploaded.",
    "code": "not-found",
}
INPUT = f"https://stack-input.s3.us-east-1.amazonaws.com/{KEY}"
OUTPUT = f"https://stack-output.s3.us-east-1.amazonaws.com/{KEY}"


@pytest.fixture
def done(catalog) -> None:
    catalog.start(RECORD)
    catalog.complete(
        "alice",
        ID,
        width=451,
        height=300,
        labels=[LabelSummary("Cat", 98.5)],
        index_names=["Cat"],
        billed_calls=1,
        processed_at=NOW,
        expires_at=LATER,
    )


def store_result(document: dict[str, Any]) -> None:
    boto3.client("s3").put_object(
        Bucket="stack-output", Key=f"{KEY}.json", Body=json.dumps(document).encode()
    )


def without_query(links: dict[str, str]) -> dict[str, str]:
    return {name: url.partition("?")[0] for name, url in links.items()}


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_a_pending_image_says_when_to_ask_again(get, catalog) -> None:
    catalog.start(RECORD)
    assert get(ID) == {
        "statusCode": 200,
        "headers": {"content-type": "application/json", "cache-control": "no-store", "retry-after": "1"},
        "body": {"image": PENDING, "result": None, "links": {}},
        "isBase64Encoded": False,
    }


def test_a_done_image_comes_with_its_result_and_links(get, done) -> None:
    store_result(RESULT)
    answer = get(ID)
    links = answer["body"].pop("links")
    assert answer == {
        "statusCode": 200,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": {
            "image": {
                **PENDING,
                "status": "done",
                "width": 451,
                "height": 300,
                "processedAt": "2026-11-22T15:00:00.123Z",
                "labels": [{"name": "Cat", "confidence": 98.5}],
            },
            "result": RESULT,
        },
        "isBase64Encoded": False,
    }
    assert without_query(links) == {
        "original": INPUT,
        "thumbnail": f"{OUTPUT}.thumb.webp",
        "result": f"{OUTPUT}.json",
    }


def test_links_live_a_quarter_of_an_hour_and_carry_names(get, done) -> None:
    store_result(RESULT)
    queries = {name: query_of(url) for name, url in get(ID)["body"]["links"].items()}
    assert {name: query["X-Amz-Expires"] for name, query in queries.items()} == {
        "original": "900",
        "thumbnail": "900",
        "result": "900",
    }
    assert {name: query.get("response-content-disposition") for name, query in queries.items()} == {
        "original": "inline; filename=\"K_tzchen.jpg\"; filename*=UTF-8''K%C3%A4tzchen.jpg",
        "thumbnail": None,
        "result": "inline; filename=\"K_tzchen.json\"; filename*=UTF-8''K%C3%A4tzchen.json",
    }


def fail(catalog: Catalog) -> None:
    catalog.start(RECORD)
    catalog.fail("alice", ID, Reason("broken", "It is."), processed_at=NOW, expires_at=LATER)


def test_a_failed_image_says_why(get, catalog) -> None:
    fail(catalog)
    store_result(FAILURE)
    body = get(ID)["body"]
    assert without_query(body.pop("links")) == {"original": INPUT, "result": f"{OUTPUT}.json"}
    assert body == {
        "image": {
            **PENDING,
            "status": "failed",
            "processedAt": "2026-11-22T15:00:00.123Z",
            "reason": {"code": "broken", "message": "It is."},
        },
        "result": FAILURE,
    }


def test_a_failed_image_may_have_no_document(get, catalog) -> None:
    fail(catalog)
    body = get(ID)["body"]
    assert (body["image"]["status"], body["result"]) == ("failed", None)
    assert without_query(body["links"]) == {"original": INPUT}


def test_a_document_that_s3_hides_is_taken_as_missing(
    get, done, service, caplog: pytest.LogCaptureFixture
) -> None:
    with Stubber(service.storage._client) as stub:
        stub.add_client_error("get_object", service_error_code="AccessDenied", http_status_code=403)
        answer = get(ID)
    assert (answer["statusCode"], answer["body"]["result"]) == (200, None)
    assert without_query(answer["body"]["links"]) == {"original": INPUT, "thumbnail": f"{OUTPUT}.thumb.webp"}
    (record,) = (record for record in caplog.records if record.levelno == logging.WARNING)
    assert (record.getMessage(), record.owner, record.imageId) == ("the result is missing", "alice", ID)


def test_a_storage_that_does_not_answer_is_our_fault(get, done, service) -> None:
    with Stubber(service.storage._client) as stub:
        stub.add_client_error("get_object", service_error_code="SlowDown", http_status_code=503)
        answer = get(ID)
    assert (answer["statusCode"], answer["body"]["code"]) == (500, "internal-error")


@pytest.mark.parametrize(
    "image_id", ["cd" * 32, "AB" * 32, "", "1", "../x", "é", "x" * 5000, "\ud800", f"{ID}\n"]
)
def test_an_unknown_id_and_what_is_no_id_are_not_found(get, catalog, image_id: str) -> None:
    catalog.start(RECORD)
    answer = get(image_id)
    assert (answer["statusCode"], answer["body"]) == (404, NOT_FOUND)
    assert answer["headers"]["content-type"] == "application/problem+json"


def test_another_owners_image_is_not_found(get, catalog) -> None:
    catalog.start(replace(RECORD, owner="somebody-else"))
    answer = get(ID)
    assert (answer["statusCode"], answer["body"]) == (404, NOT_FOUND)
