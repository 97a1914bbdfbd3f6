from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.stub import Stubber

from tests.unit.support import (
    DONE_BODY,
    IMAGE_ID,
    NOW_TEXT,
    OTHER_ID,
    OUTPUT_BUCKET,
    PENDING_BODY,
    UPLOAD_KEY,
    problem_body,
)

if TYPE_CHECKING:
    from collections.abc import Callable

RESULT = {"SchemaVersion": 1, "Labels": [{"Name": "Cat", "Confidence": 98.512345}]}
FAILURE_DOCUMENT = {"SchemaVersion": 1, "Failure": {"Code": "broken", "Message": "It is."}}
PENDING = {**PENDING_BODY, "fileName": "Kätzchen.jpg"}
DONE = {**DONE_BODY, "fileName": "Kätzchen.jpg"}
FAILED = {
    **PENDING,
    "status": "failed",
    "processedAt": NOW_TEXT,
    "reason": {"code": "broken", "message": "It is."},
    "revision": 1,
}
NOT_FOUND = problem_body(
    404, "Not Found", "not-found", "This picture doesn't exist. It may have been deleted."
)
HEADERS = {"content-type": "application/json", "cache-control": "no-store"}
ORIGINAL_URL = f"https://stack-input.s3.us-east-1.amazonaws.com/{UPLOAD_KEY}"
PREVIEW_URL = f"https://stack-output.s3.us-east-1.amazonaws.com/{UPLOAD_KEY}.preview.webp"
THUMBNAIL_URL = f"https://stack-output.s3.us-east-1.amazonaws.com/{UPLOAD_KEY}.thumb.webp"
RESULT_URL = f"https://stack-output.s3.us-east-1.amazonaws.com/{UPLOAD_KEY}.json"


def without_query(links: dict[str, str]) -> dict[str, str]:
    return {name: url.partition("?")[0] for name, url in links.items()}


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@pytest.fixture
def put_result(aws: None, s3: Any) -> Callable[[dict[str, Any]], None]:
    """Replace the stored result document."""

    def put_result(document: dict[str, Any]) -> None:
        s3.put_object(Bucket=OUTPUT_BUCKET, Key=f"{UPLOAD_KEY}.json", Body=json.dumps(document).encode())

    return put_result


@pytest.fixture
def done(store: Callable[..., None], put_result: Callable[[dict[str, Any]], None]) -> None:
    store(IMAGE_ID, "Cat")
    put_result(RESULT)


def test_a_pending_image_has_a_retry_after_header(get, start) -> None:
    start(IMAGE_ID)
    assert get(IMAGE_ID) == {
        "statusCode": 200,
        "headers": {**HEADERS, "retry-after": "1", "etag": f'"{PENDING["revision"]}"'},
        "body": {"image": PENDING, "result": None, "links": {}},
        "isBase64Encoded": False,
    }


def test_a_done_image_has_its_result_and_links(get, done) -> None:
    response = get(IMAGE_ID)
    links = response["body"].pop("links")
    assert response == {
        "statusCode": 200,
        "headers": {**HEADERS, "etag": f'"{DONE["revision"]}"'},
        "body": {"image": DONE, "result": RESULT},
        "isBase64Encoded": False,
    }
    assert without_query(links) == {
        "original": ORIGINAL_URL,
        "preview": PREVIEW_URL,
        "thumbnail": THUMBNAIL_URL,
        "result": RESULT_URL,
    }


def test_links_have_an_expiry_and_name_the_downloads(get, done) -> None:
    queries = {name: query_of(url) for name, url in get(IMAGE_ID)["body"]["links"].items()}
    assert {name: query["X-Amz-Expires"] for name, query in queries.items()} == {
        "original": "900",
        "preview": "900",
        "thumbnail": "900",
        "result": "900",
    }
    assert {name: query.get("response-content-disposition") for name, query in queries.items()} == {
        "original": "inline; filename=\"K_tzchen.jpg\"; filename*=UTF-8''K%C3%A4tzchen.jpg",
        "preview": None,
        "thumbnail": None,
        "result": "inline; filename=\"K_tzchen.json\"; filename*=UTF-8''K%C3%A4tzchen.json",
    }


def test_a_failed_image_has_its_reason(get, fail, put_result) -> None:
    fail(IMAGE_ID)
    put_result(FAILURE_DOCUMENT)
    body = get(IMAGE_ID)["body"]
    assert without_query(body.pop("links")) == {"original": ORIGINAL_URL, "result": RESULT_URL}
    assert body == {"image": FAILED, "result": FAILURE_DOCUMENT}


def test_a_failed_image_may_have_no_document(get, fail) -> None:
    fail(IMAGE_ID)
    body = get(IMAGE_ID)["body"]
    assert (body["image"]["status"], body["result"]) == ("failed", None)
    assert without_query(body["links"]) == {"original": ORIGINAL_URL}


def test_a_done_image_whose_document_is_missing_is_returned(
    get, done, storage, caplog: pytest.LogCaptureFixture
) -> None:
    storage.delete(OUTPUT_BUCKET, f"{UPLOAD_KEY}.json")
    response = get(IMAGE_ID)
    assert (response["statusCode"], response["body"]["result"]) == (200, None)
    assert without_query(response["body"]["links"]) == {
        "original": ORIGINAL_URL,
        "preview": PREVIEW_URL,
        "thumbnail": THUMBNAIL_URL,
    }
    (record,) = (record for record in caplog.records if record.levelno == logging.WARNING)
    fields = vars(record)
    assert (record.getMessage(), fields["owner"], fields["imageId"]) == ("result missing", "alice", IMAGE_ID)


@pytest.mark.parametrize(("code", "status"), [("AccessDenied", 403), ("SlowDown", 503)])
def test_a_storage_error_is_an_internal_error(get, done, storage, code: str, status: int) -> None:
    with Stubber(storage._client) as stub:
        stub.add_client_error("get_object", service_error_code=code, http_status_code=status)
        response = get(IMAGE_ID)
    assert (response["statusCode"], response["body"]["code"]) == (500, "internal-error")


@pytest.mark.parametrize(
    "image_id", [OTHER_ID, "AB" * 32, "", "1", "../x", "é", "x" * 5000, "\ud800", f"{IMAGE_ID}\n"]
)
def test_an_unknown_or_invalid_id_is_not_found(get, start, image_id: str) -> None:
    start(IMAGE_ID)
    response = get(image_id)
    assert (response["statusCode"], response["body"]) == (404, NOT_FOUND)
    assert response["headers"]["content-type"] == "application/problem+json"


def test_another_owners_image_is_not_found(get, start) -> None:
    start(IMAGE_ID, owner="bob")
    response = get(IMAGE_ID)
    assert (response["statusCode"], response["body"]) == (404, NOT_FOUND)
