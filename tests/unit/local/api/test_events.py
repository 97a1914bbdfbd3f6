"""The files in `events/` match the template, the seeded objects, and the local HTTP API."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from werkzeug import Request
from werkzeug.test import EnvironBuilder

from local.api.payload import to_event
from local.api.routes import load_api_settings
from local.lambda_.functions import load_event_source_mappings, load_functions
from local.seed import DIRECT_UPLOADS, seeded_jpeg
from local.sign_in.user_pool import USERS
from local.template.template import Template
from tests.cloud import MODELS

ROOT = Path(__file__).parents[4]
EVENTS = ROOT / "events"
SAMPLES = ROOT / "web" / "samples"
S3_EVENTS = ("s3-put", "s3-put-odd-key", "s3-put-several", "s3-missing-object", "s3-upload")
HTTP_EVENTS = (
    "presign-post",
    "presign-bad",
    "images-get",
    "images-patch",
    "images-batch",
    "images-bad-id",
    "images-list",
    "labels-get",
    "models-list",
    "models-estimate",
    "models-get",
    "models-start",
    "models-stop",
    "models-delete",
)
MISSING = "samples/missing.jpg"
UPLOAD_ID = hashlib.sha256(seeded_jpeg(SAMPLES)).hexdigest()
OWNER = "e7e27500-7c1e-4d4a-8b60-5d0f9a3c4e03"
UPLOAD_KEY = f"uploads/{OWNER}/{UPLOAD_ID}"


def load(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return event


@pytest.fixture(scope="module")
def template() -> Template:
    return Template.load(ROOT / "template.yaml", {"PageOrigin": "http://127.0.0.1:8080", **MODELS})


def objects() -> dict[str, bytes]:
    direct_uploads = {key: (SAMPLES / name).read_bytes() for key, name in DIRECT_UPLOADS.items()}
    return {**direct_uploads, UPLOAD_KEY: seeded_jpeg(SAMPLES)}


def object_keys(event: dict[str, Any]) -> list[str]:
    return [unquote_plus(record["s3"]["object"]["key"]) for record in event["Records"]]


def check_records(event: dict[str, Any], template: Template) -> None:
    bucket = template.outputs["InputBucketName"]
    for record, key in zip(event["Records"], object_keys(event), strict=True):
        assert (record["s3"]["bucket"]["name"], record["s3"]["bucket"]["arn"]) == (
            bucket,
            f"arn:aws:s3:::{bucket}",
        )
        if key != MISSING:
            content = objects()[key]
            s3_object = record["s3"]["object"]
            assert (s3_object["size"], s3_object["eTag"]) == (
                len(content),
                hashlib.md5(content).hexdigest(),
            )


@pytest.mark.parametrize("name", S3_EVENTS)
def test_s3_events_match_the_bucket_and_seeded_objects(name: str, template: Template) -> None:
    check_records(load(name), template)


def test_retry_message_contains_a_failure_record(template: Template) -> None:
    (message,) = load("sqs-retry")["Records"]
    (mapping,) = load_event_source_mappings(template)
    record = json.loads(message["body"])
    function = load_functions(template)["ProcessorFunction"]
    assert message["eventSourceARN"] == f"arn:aws:sqs:us-east-1:123456789012:{mapping.queue}"
    assert message["md5OfBody"] == hashlib.md5(message["body"].encode()).hexdigest()
    assert record["requestContext"]["functionArn"] == f"{function.arn}:$LATEST"
    assert record["requestContext"]["approximateInvokeCount"] == function.retries + 1
    check_records(record["requestPayload"], template)


@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_http_events_match_the_local_api(name: str, template: Template) -> None:
    event = load(name)
    (route,) = [route for route in load_api_settings(template).routes if route.key == event["routeKey"]]
    parameters = dict(
        zip(route.parameters, route.pattern.fullmatch(event["rawPath"]).groups(), strict=True)  # type: ignore[union-attr]
    )
    body = event.get("body", "").encode()
    content_type = event["headers"].get("content-type")
    builder = EnvironBuilder(
        path=event["rawPath"],
        query_string=event["rawQueryString"],
        method=route.method,
        data=body or None,
        content_type=content_type,
    )
    actual = to_event(Request(builder.get_environ()), body, route.key, parameters)
    compared = {*event} - {"headers", "requestContext"}
    assert set(event) == set(actual)
    assert {key: event.get(key) for key in compared} == {key: actual.get(key) for key in compared}
    assert set(event["requestContext"]) == {*actual["requestContext"], "authorizer"}
    assert event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"] == OWNER
    assert set(event["requestContext"]["http"]) == set(actual["requestContext"]["http"])


def test_the_owner_of_the_events_cannot_sign_in_so_no_gallery_shows_their_pending_image() -> None:
    assert OWNER not in {user.sub for user in USERS.values()}


def test_every_function_declares_the_variables_of_local_env(template: Template) -> None:
    assert load("local-env") == {
        "Parameters": {
            "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
            "HTTP_PROXY": "http://host.docker.internal:4566",
        }
    }
    for function in load_functions(template).values():
        assert {function.variables[name] for name in load("local-env")["Parameters"]} == {""}
