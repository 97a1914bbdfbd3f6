from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from botocore.stub import Stubber

from presign.uploads import respond
from tests.unit.support import IMAGE_ID, UPLOAD_REQUEST, call, http_event, problem_body


@pytest.mark.parametrize(
    "body", [json.dumps(UPLOAD_REQUEST), json.dumps({**UPLOAD_REQUEST, "size": 0}), "{", "", None]
)
def test_requires_a_token_before_it_validates_the_body(service, body: str | None) -> None:
    response = call(respond, http_event("POST /uploads", owner=None, body=body), service)
    assert (response["statusCode"], response["body"]["code"]) == (401, "not-signed-in")


@pytest.mark.parametrize(
    ("changes", "status", "title", "code", "detail"),
    [
        ({"size": 0}, 400, "Bad Request", "invalid-request", "The file is empty. Choose another file."),
        (
            {"size": 26_214_401},
            413,
            "Content Too Large",
            "too-large",
            "The file is too large. The limit is 25 MB.",
        ),
        (
            {"contentType": "text/plain"},
            415,
            "Unsupported Media Type",
            "unsupported-type",
            'Files of type "text/plain" aren\'t supported. '
            "Choose a picture in one of these formats: JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF, or BMP.",
        ),
    ],
)
def test_an_invalid_request_returns_a_problem_and_stores_no_record(
    post, table, changes: dict[str, Any], status: int, title: str, code: str, detail: str
) -> None:
    problem = problem_body(status, title, code, detail)
    assert post({**UPLOAD_REQUEST, **changes}) == (status, problem)
    assert table.scan()["Count"] == 0


def test_a_table_error_is_logged_and_returned_as_an_internal_error(
    post, table, caplog: pytest.LogCaptureFixture
) -> None:
    with Stubber(table.meta.client) as stub:
        stub.add_client_error("get_item", service_error_code="ProvisionedThroughputExceededException")
        status, body = post()
    assert (status, body["code"]) == (500, "internal-error")
    assert "ProvisionedThroughputExceededException" in caplog.text


def test_logs_the_owner_and_the_image_id(post, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="presign"):
        post()
    (record,) = (record for record in caplog.records if record.name == "presign.uploads")
    fields = vars(record)
    assert (record.getMessage(), fields["owner"], fields["imageId"]) == (
        "upload presigned",
        "alice",
        IMAGE_ID,
    )
