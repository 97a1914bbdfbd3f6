"""What S3's stand-in refuses of a real permission, and what the API refuses to permit."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.stack.client import send

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.client import Picture, Pipeline, Reply


def code_of(reply: Reply) -> tuple[int, str]:
    found = re.search(rb"<Code>(\w+)</Code>", reply.body)
    return reply.status, found[1].decode() if found else ""


def altered(pipeline: Pipeline, change: str, picture: Picture, other: Picture) -> Reply:
    upload, content = pipeline.permission(picture), picture.content
    url, headers, method = upload["url"], dict(upload["headers"]), "PUT"
    match change:
        case "another signature":
            url = re.sub(r"(X-Amz-Signature=)(\w)", lambda m: m[1] + ("0" if m[2] != "0" else "1"), url)
        case "another expiry":
            url = url.replace("X-Amz-Expires=300", "X-Amz-Expires=3000")
        case "another key":
            url = url.replace(pipeline.key(picture), pipeline.key(other))
        case "another bucket":
            url = url.replace(pipeline.input, pipeline.output)
        case "another method":
            method = "DELETE"
        case "reading instead":
            method = "GET"
        case "one byte less":
            content = content[:-1]
        case "another type":
            headers["Content-Type"] = "text/html"
        case "another checksum":
            digest = hashlib.sha256(b"other").digest()
            headers["x-amz-checksum-sha256"] = base64.b64encode(digest).decode()
        case "no checksum":
            del headers["x-amz-checksum-sha256"]
        case "no condition":
            del headers["If-None-Match"]
        case "other bytes":
            content = content[:-1] + bytes([content[-1] ^ 1])
    return send(method, url, None if method == "GET" else content, headers)


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ("another signature", (403, "SignatureDoesNotMatch")),
        ("another expiry", (403, "SignatureDoesNotMatch")),
        ("another key", (403, "SignatureDoesNotMatch")),
        ("another bucket", (403, "SignatureDoesNotMatch")),
        ("another method", (403, "SignatureDoesNotMatch")),
        ("reading instead", (403, "SignatureDoesNotMatch")),
        ("one byte less", (403, "SignatureDoesNotMatch")),
        ("another type", (403, "SignatureDoesNotMatch")),
        ("another checksum", (403, "SignatureDoesNotMatch")),
        ("no checksum", (403, "SignatureDoesNotMatch")),
        ("no condition", (403, "SignatureDoesNotMatch")),
        ("other bytes", (400, "BadDigest")),
    ],
)
def test_a_permission_permits_nothing_else(
    pipeline: Pipeline, photograph: Callable[[], Picture], change: str, answer: tuple[int, str]
) -> None:
    picture, other = photograph(), photograph()
    reply = altered(pipeline, change, picture, other)
    assert code_of(reply) == answer
    for unwanted in (picture, other):
        assert pipeline.keys(pipeline.input, pipeline.key(unwanted)) == set()


def test_a_permission_ends_after_five_minutes(
    pipeline: Pipeline, photograph: Callable[[], Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = photograph()
    upload = pipeline.permission(picture)
    monkeypatch.setattr(pipeline.stack, "now", lambda: datetime.now(UTC) + timedelta(seconds=302))
    reply = send("PUT", upload["url"], picture.content, upload["headers"])
    assert code_of(reply) == (403, "AccessDenied")
    assert b"Request has expired" in reply.body


def test_a_permission_works_once(pipeline: Pipeline, photograph: Callable[[], Picture]) -> None:
    picture = photograph()
    upload = pipeline.permission(picture)
    replies = [send("PUT", upload["url"], picture.content, upload["headers"]) for _ in range(2)]
    assert [code_of(reply) for reply in replies] == [(200, ""), (412, "PreconditionFailed")]
    assert pipeline.finished(picture)["image"]["status"] == "done"


@pytest.mark.parametrize(("own", "status"), [(True, 200), (False, 403)])
def test_the_page_alone_may_ask_s3_first(
    pipeline: Pipeline, photograph: Callable[[], Picture], own: bool, status: int
) -> None:
    upload = pipeline.permission(photograph())
    headers = {
        "Origin": pipeline.stack.page_url if own else "http://127.0.0.1:1",
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": ",".join(sorted(name.lower() for name in upload["headers"])),
    }
    reply = send("OPTIONS", upload["url"], headers=headers)
    assert reply.status == status
    assert reply.headers.get("access-control-allow-origin") == (pipeline.stack.page_url if own else None)


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        (b"{", 400, "invalid-request"),
        (b"\xff", 400, "invalid-request"),
        (b"[]", 400, "invalid-request"),
        (b"", 400, "invalid-request"),
        ({"fileName": None}, 400, "invalid-request"),
        ({"extra": 1}, 400, "invalid-request"),
        ({"size": 0}, 400, "invalid-request"),
        ({"size": -1}, 400, "invalid-request"),
        ({"size": "many"}, 400, "invalid-request"),
        ({"size": 25 * 1024 * 1024 + 1}, 413, "too-large"),
        ({"sha256": "abc"}, 400, "invalid-request"),
        ({"contentType": "text/plain"}, 415, "unsupported-type"),
    ],
)
def test_a_bad_request_for_an_upload_is_a_problem_in_words(
    pipeline: Pipeline, photograph: Callable[[], Picture], change: Any, status: int, code: str
) -> None:
    request = change if isinstance(change, bytes) else photograph().request | change
    reply = pipeline.ask(request)
    problem = reply.document
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")
    assert set(problem) == {"type", "title", "status", "detail", "code"}
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["detail"].endswith(".")


@pytest.mark.parametrize("image_id", ["0" * 64, "astronaut.jpg", "..%2F..%2Fetc", "A" * 64])
def test_an_image_that_is_not_there_is_a_problem_in_words(pipeline: Pipeline, image_id: str) -> None:
    reply = pipeline.status(image_id)
    assert (reply.status, reply.document["code"]) == (404, "not-found")
