from __future__ import annotations

import json
import logging
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from presign import app

ID = "ab" * 32
ASKED = {"fileName": "cat.jpg", "contentType": "image/jpeg", "size": 1000, "sha256": ID}


@pytest.mark.parametrize("body", [json.dumps(ASKED), json.dumps({**ASKED, "size": 0}), "{", "", None])
def test_nobody_uploads_without_a_token_nor_learns_what_is_wrong_with_a_body(
    service, monkeypatch, body: str | None
) -> None:
    monkeypatch.setattr(app, "service", lambda: service)
    answer = app.handler({"body": body, "requestContext": {}}, None)
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (401, "not-signed-in")


@pytest.mark.parametrize(
    ("changes", "status", "title", "code", "detail"),
    [
        ({"size": 0}, 400, "Bad Request", "invalid-request", "The file is empty. Choose another file."),
        (
            {"size": 26_214_401},
            413,
            "Content Too Large",
            "too-large",
            "The file is too large. At most 25 MB are taken.",
        ),
        (
            {"contentType": "text/plain"},
            415,
            "Unsupported Media Type",
            "unsupported-type",
            'Files of the type "text/plain" are not taken. '
            "Choose a JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF or BMP picture.",
        ),
    ],
)
def test_a_bad_request_is_answered_in_words_and_leaves_nothing(
    post, aws, changes: dict[str, Any], status: int, title: str, code: str, detail: str
) -> None:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code}
    assert post({**ASKED, **changes}) == (status, body)
    assert boto3.client("dynamodb").scan(TableName="catalog")["Count"] == 0


def test_a_table_that_does_not_answer_is_our_fault(post, service, caplog: pytest.LogCaptureFixture) -> None:
    with Stubber(service.catalog._rows._table.meta.client) as stub:
        stub.add_client_error("get_item", service_error_code="ProvisionedThroughputExceededException")
        status, body = post()
    assert (status, body["code"]) == (500, "internal-error")
    assert "ProvisionedThroughputExceededException" in caplog.text


def test_the_log_says_which_image_it_is_about(post, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="presign"):
        post()
    (record,) = (record for record in caplog.records if record.name == "presign.uploads")
    assert (record.getMessage(), record.owner, record.imageId) == ("upload permitted", "alice", ID)
