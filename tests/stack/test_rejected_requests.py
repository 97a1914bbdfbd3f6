"""Presigned requests that S3 rejects, and upload requests that the API rejects."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.stack.client import send

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.client import Client, ImageFile, Response


def status_and_code(response: Response) -> tuple[int, str]:
    match = re.search(rb"<Code>(\w+)</Code>", response.body)
    return response.status, match[1].decode() if match else ""


def send_altered(client: Client, change: str, image: ImageFile, other: ImageFile) -> Response:
    upload, content = client.create_upload(image), image.content
    url, headers, method = upload["url"], dict(upload["headers"]), "PUT"
    match change:
        case "another signature":
            url = re.sub(r"(X-Amz-Signature=)(\w)", lambda m: m[1] + ("0" if m[2] != "0" else "1"), url)
        case "another expiry":
            url = url.replace("X-Amz-Expires=300", "X-Amz-Expires=3000")
        case "another key":
            url = url.replace(client.key(image), client.key(other))
        case "another bucket":
            url = url.replace(client.input, client.output)
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
        case "another cache-control":
            headers["Cache-Control"] = "public, max-age=31536000"
        case "another content-disposition":
            headers["Content-Disposition"] = 'attachment; filename="photo.exe"'
        case "another content-encoding":
            headers["Content-Encoding"] = "gzip"
        case "other bytes":
            content = content[:-1] + bytes([content[-1] ^ 1])
    return send(method, url, None if method == "GET" else content, headers)


@pytest.mark.parametrize(
    ("change", "expected"),
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
        ("another cache-control", (403, "SignatureDoesNotMatch")),
        ("another content-disposition", (403, "SignatureDoesNotMatch")),
        ("another content-encoding", (403, "SignatureDoesNotMatch")),
        ("other bytes", (400, "BadDigest")),
    ],
)
def test_presigned_url_allows_no_other_request(
    client: Client, new_image: Callable[[], ImageFile], change: str, expected: tuple[int, str]
) -> None:
    image, other = new_image(), new_image()
    response = send_altered(client, change, image, other)
    assert status_and_code(response) == expected
    for file in (image, other):
        assert client.keys(client.input, client.key(file)) == set()


@pytest.mark.parametrize("name", ["Cache-Control", "Content-Disposition", "Content-Encoding"])
def test_presigned_url_requires_every_pinned_header(
    client: Client, new_image: Callable[[], ImageFile], name: str
) -> None:
    image = new_image()
    upload = client.create_upload(image)
    headers = {key: value for key, value in upload["headers"].items() if key != name}
    response = send("PUT", upload["url"], image.content, headers)
    assert status_and_code(response) == (403, "SignatureDoesNotMatch")
    assert client.keys(client.input, client.key(image)) == set()


@pytest.mark.parametrize(
    "name",
    [
        *("acl", "grant-read", "tagging", "storage-class", "website-redirect-location", "meta-note"),
        *("server-side-encryption", "server-side-encryption-customer-algorithm", "object-lock-mode"),
        *("object-lock-legal-hold", "copy-source", "expected-bucket-owner", "checksum-crc32"),
    ],
)
def test_presigned_url_refuses_other_amz_headers(
    client: Client, new_image: Callable[[], ImageFile], name: str
) -> None:
    image = new_image()
    upload = client.create_upload(image)
    response = send("PUT", upload["url"], image.content, upload["headers"] | {f"x-amz-{name}": "x"})
    assert status_and_code(response) == (403, "AccessDenied")
    assert f"<HeadersNotSigned>x-amz-{name}</HeadersNotSigned>".encode() in response.body
    assert client.keys(client.input, client.key(image)) == set()


def test_an_upload_is_stored_with_the_pinned_headers(
    client: Client, new_image: Callable[[], ImageFile]
) -> None:
    image = new_image()
    client.upload(image)
    stored = client.s3.head_object(Bucket=client.input, Key=client.key(image))
    headers = ("CacheControl", "ContentDisposition", "ContentEncoding", "ContentType", "Metadata")
    assert {name: stored[name] for name in headers} == {
        "CacheControl": "private, no-cache",
        "ContentDisposition": "inline",
        "ContentEncoding": "identity",
        "ContentType": "image/jpeg",
        "Metadata": {},
    }


def test_presigned_url_expires_after_five_minutes(
    client: Client, new_image: Callable[[], ImageFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    image = new_image()
    upload = client.create_upload(image)
    monkeypatch.setattr(client.stack, "now", lambda: datetime.now(UTC) + timedelta(seconds=302))
    response = send("PUT", upload["url"], image.content, upload["headers"])
    assert status_and_code(response) == (403, "AccessDenied")
    assert b"Request has expired" in response.body


def test_presigned_url_works_once(client: Client, new_image: Callable[[], ImageFile]) -> None:
    image = new_image()
    upload = client.create_upload(image)
    responses = [send("PUT", upload["url"], image.content, upload["headers"]) for _ in range(2)]
    assert [status_and_code(response) for response in responses] == [(200, ""), (412, "PreconditionFailed")]
    assert client.wait_until_processed(image)["image"]["status"] == "done"


@pytest.mark.parametrize(("own", "status"), [(True, 200), (False, 403)])
def test_s3_allows_preflight_requests_of_the_page_only(
    client: Client, new_image: Callable[[], ImageFile], own: bool, status: int
) -> None:
    upload = client.create_upload(new_image())
    headers = {
        "Origin": client.stack.page_url if own else "http://127.0.0.1:1",
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": ",".join(sorted(name.lower() for name in upload["headers"])),
    }
    response = send("OPTIONS", upload["url"], headers=headers)
    assert response.status == status
    assert response.headers.get("access-control-allow-origin") == (client.stack.page_url if own else None)


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
def test_rejects_an_invalid_upload_request(
    client: Client, new_image: Callable[[], ImageFile], change: Any, status: int, code: str
) -> None:
    request = change if isinstance(change, bytes) else new_image().request | change
    response = client.request_upload(request)
    problem = response.document
    assert (response.status, response.headers["content-type"]) == (status, "application/problem+json")
    assert set(problem) == {"type", "title", "status", "detail", "code"}
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["detail"].endswith(".")


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/octet-stream"])
@pytest.mark.parametrize("name", [b"caf\xe9.jpg", b"\xf0\x9f\x98.jpg", b"\xed\xa0\x80.jpg"])
def test_rejects_an_upload_request_that_is_not_utf_8(
    client: Client, new_image: Callable[[], ImageFile], name: bytes, content_type: str
) -> None:
    body = json.dumps({**new_image().request, "fileName": "NAME"}).encode().replace(b"NAME", name)
    headers = {"Authorization": f"Bearer {client.token}", "Content-Type": content_type}
    response = client.call("POST", "/uploads", body, headers)
    assert (response.status, response.document["detail"]) == (
        400,
        "The body must be JSON in UTF-8, with the character U+FFFD written as \\ufffd.",
    )


@pytest.mark.parametrize("image_id", ["0" * 64, "astronaut.jpg", "..%2F..%2Fetc", "A" * 64])
def test_returns_404_for_an_unknown_image(client: Client, image_id: str) -> None:
    response = client.get_image(image_id)
    assert (response.status, response.document["code"]) == (404, "not-found")
