"""The files in `events/` against the template, the seeded objects and the local HTTP API."""

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
from local.api.routes import api_settings
from local.lambda_.functions import functions_of, queue_sources_of
from local.seed import DROPS, drops, seeded_upload
from local.sign_in.user_pool import EVENTS_OWNER
from local.template.template import Template

ROOT = Path(__file__).parents[4]
EVENTS = ROOT / "events"
SAMPLES = ROOT / "samples"
S3_EVENTS = ("s3-put", "s3-put-odd-key", "s3-put-several", "s3-missing-object", "s3-upload")
HTTP_EVENTS = ("presign-post", "presign-bad", "images-get", "images-bad-id", "images-list", "labels-get")
OTHERS = ("s3-test-event", "sqs-retry", "local-env")
MISSING = "samples/missing.jpg"


def load(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return event


@pytest.fixture(scope="module")
def template() -> Template:
    return Template.load(ROOT / "template.yaml", {"PageOrigin": "http://127.0.0.1:8080"})


def objects() -> dict[str, bytes]:
    upload = seeded_upload(SAMPLES)
    return {**drops(SAMPLES), upload.key: upload.content}


def keys_of(event: dict[str, Any]) -> list[str]:
    return [unquote_plus(record["s3"]["object"]["key"]) for record in event["Records"]]


def hold_against_bucket(event: dict[str, Any], template: Template) -> None:
    bucket = template.outputs["InputBucketName"]
    for record, key in zip(event["Records"], keys_of(event), strict=True):
        assert (record["s3"]["bucket"]["name"], record["s3"]["bucket"]["arn"]) == (
            bucket,
            f"arn:aws:s3:::{bucket}",
        )
        if key != MISSING:
            content = objects()[key]
            described = record["s3"]["object"]
            assert (described["size"], described["eTag"]) == (
                len(content),
                hashlib.md5(content).hexdigest(),
            )


def test_every_file_is_held_by_a_test() -> None:
    assert {file.stem for file in EVENTS.iterdir()} == {*S3_EVENTS, *HTTP_EVENTS, *OTHERS}


@pytest.mark.parametrize("name", S3_EVENTS)
def test_s3_events_name_the_templates_bucket_and_seeded_objects(name: str, template: Template) -> None:
    hold_against_bucket(load(name), template)


def test_each_s3_event_is_about_its_case() -> None:
    assert {name: keys_of(load(name)) for name in S3_EVENTS} == {
        "s3-put": ["samples/astronaut.jpg"],
        "s3-put-odd-key": ["odd names/100% café + crème.jpg"],
        "s3-put-several": list(DROPS),
        "s3-missing-object": [MISSING],
        "s3-upload": [seeded_upload(SAMPLES).key],
    }
    assert MISSING not in objects()


def test_the_odd_key_is_encoded_as_s3_does() -> None:
    (record,) = load("s3-put-odd-key")["Records"]
    assert record["s3"]["object"]["key"] == "odd+names/100%25+caf%C3%A9+%2B+cr%C3%A8me.jpg"


def test_the_test_event_is_about_the_bucket(template: Template) -> None:
    event = load("s3-test-event")
    assert (event["Event"], event["Bucket"]) == ("s3:TestEvent", template.outputs["InputBucketName"])


def test_the_retry_is_a_failure_record_in_the_queues_message(template: Template) -> None:
    (message,) = load("sqs-retry")["Records"]
    (source,) = queue_sources_of(template)
    record = json.loads(message["body"])
    function = functions_of(template)["ProcessorFunction"]
    assert message["eventSourceARN"] == f"arn:aws:sqs:us-east-1:123456789012:{source.queue}"
    assert message["md5OfBody"] == hashlib.md5(message["body"].encode()).hexdigest()
    assert record["requestContext"]["functionArn"] == f"{function.arn}:$LATEST"
    assert record["requestContext"]["approximateInvokeCount"] == function.retries + 1
    hold_against_bucket(record["requestPayload"], template)


@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_http_events_are_what_the_local_api_makes_of_the_request(name: str, template: Template) -> None:
    event = load(name)
    (route,) = [route for route in api_settings(template).routes if route.key == event["routeKey"]]
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
    made = to_event(Request(builder.get_environ()), body, route.key, parameters)
    same = {*event} - {"headers", "requestContext"}
    assert set(event) == set(made)
    assert {key: event.get(key) for key in same} == {key: made.get(key) for key in same}
    assert set(event["requestContext"]) == {*made["requestContext"], "authorizer"}
    assert event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"] == EVENTS_OWNER.sub
    assert set(event["requestContext"]["http"]) == set(made["requestContext"]["http"])


def test_the_upload_request_is_about_the_sample() -> None:
    content = (SAMPLES / "astronaut.jpg").read_bytes()
    assert json.loads(load("presign-post")["body"]) == {
        "fileName": "astronaut.jpg",
        "contentType": "image/jpeg",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def test_the_status_request_is_about_the_seeded_upload() -> None:
    assert load("images-get")["pathParameters"] == {"id": seeded_upload(SAMPLES).image_id}


def test_sam_local_sets_a_variable_that_every_function_declares(template: Template) -> None:
    assert load("local-env") == {"Parameters": {"AWS_ENDPOINT_URL": "http://host.docker.internal:4566"}}
    for function in functions_of(template).values():
        assert function.variables["AWS_ENDPOINT_URL"] == ""


def test_nobody_else_uploads_the_seeded_picture() -> None:
    samples = {file.read_bytes() for file in SAMPLES.glob("*.jpg")}
    assert seeded_upload(SAMPLES).content not in samples
