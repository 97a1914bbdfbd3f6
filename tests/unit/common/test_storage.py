from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from common.signer import Signer
from common.storage import (
    ObjectArchived,
    ObjectForbidden,
    ObjectGone,
    Storage,
    StoredObject,
    inline_disposition,
)
from common.time import now

SHA256_HEX = "00ff" * 16
SHA256_BASE64 = "AP8A/wD/AP8A/wD/AP8A/wD/AP8A/wD/AP8A/wD/AP8="


def parse_query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_a_presigned_put_pins_the_bytes_with_signed_headers() -> None:
    before = now()
    request = Storage.from_env().presign_put(
        "images",
        "uploads/public/a",
        content_type="image/png",
        size=7,
        sha256_hex=SHA256_HEX,
        expires_seconds=300,
    )
    assert request.method == "PUT"
    assert request.headers == {
        "Content-Type": "image/png",
        "If-None-Match": "*",
        "x-amz-checksum-sha256": SHA256_BASE64,
        "Cache-Control": "private, no-cache",
        "Content-Disposition": "inline",
        "Content-Encoding": "identity",
    }
    assert before + timedelta(seconds=300) <= request.expires_at <= now() + timedelta(seconds=300)
    assert request.url.startswith("https://images.s3.us-east-1.amazonaws.com/uploads/public/a?")
    query = parse_query(request.url)
    assert query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    assert query["X-Amz-Expires"] == "300"
    assert query["X-Amz-SignedHeaders"].split(";") == [
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-length",
        "content-type",
        "host",
        "if-none-match",
        "x-amz-checksum-sha256",
    ]


def test_a_presigned_get_has_an_optional_file_name() -> None:
    storage = Storage.from_env()
    named = parse_query(storage.presign_get("images", "k", download_name="é.jpg"))
    assert named["response-content-disposition"] == "inline; filename=\"_.jpg\"; filename*=UTF-8''%C3%A9.jpg"
    unnamed = parse_query(storage.presign_get("images", "k"))
    assert "response-content-disposition" not in unnamed


def test_writes_reads_and_deletes_an_object(storage: Storage) -> None:
    key = "direct/a +%é.jpg"
    storage.write("images", key, b"0123456789", content_type="image/jpeg", metadata={"made-by": "test"})
    stored = storage.head("images", key)
    assert abs(stored.modified_at - now()) < timedelta(minutes=1)
    assert stored == StoredObject(
        size=10,
        etag="781e5e245d69b566979b86e28d23f2c7",
        content_type="image/jpeg",
        metadata={"made-by": "test"},
        modified_at=stored.modified_at,
    )
    assert storage.read("images", key) == b"0123456789"
    assert storage.fetch("images", key, 10) == (stored, b"0123456789")
    assert storage.fetch("images", key, 9) == (stored, None)
    for _ in range(2):
        storage.delete("images", key)
    with pytest.raises(ObjectGone):
        storage.head("images", key)
    with pytest.raises(ObjectGone):
        storage.read("images", key)
    with pytest.raises(ObjectGone):
        storage.fetch("images", key, 10)


@pytest.mark.parametrize(
    ("operation", "status", "code", "expected"),
    [
        ("head_object", 403, "403", ObjectForbidden),
        ("head_object", 404, "404", ObjectGone),
        ("head_object", 503, "503", ClientError),
        ("get_object", 403, "AccessDenied", ObjectForbidden),
        ("get_object", 404, "NoSuchKey", ObjectGone),
        ("get_object", 403, "InvalidObjectState", ObjectArchived),
        ("get_object", 404, "NoSuchBucket", ClientError),
        ("get_object", 503, "SlowDown", ClientError),
    ],
)
def test_translates_only_errors_about_the_object(
    operation: str, status: int, code: str, expected: type[Exception]
) -> None:
    client = boto3.client("s3")
    storage = Storage(client, Signer(client, None))
    request = storage.head if operation == "head_object" else storage.read
    with Stubber(client) as stubber:
        stubber.add_client_error(operation, service_error_code=code, http_status_code=status)
        with pytest.raises(expected):
            request("images", "k")


def test_requests_use_path_style_urls_at_a_custom_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    # only AWS has a host name for each bucket
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")
    storage = Storage.from_env()
    urls: list[str] = []

    def stop(request: Any, **_: object) -> None:
        urls.append(request.url)
        raise ObjectGone

    storage._client.meta.events.register("before-send.s3.HeadObject", stop)
    with pytest.raises(ObjectGone):
        storage.head("images", "a.jpg")
    assert urls == ["http://localhost:4566/images/a.jpg"]


@pytest.mark.parametrize(
    ("file_name", "disposition"),
    [
        ("photo.jpg", 'inline; filename="photo.jpg"'),
        ("my photo.jpg", 'inline; filename="my photo.jpg"'),
        ("é.jpg", "inline; filename=\"_.jpg\"; filename*=UTF-8''%C3%A9.jpg"),
        ("100%.jpg", "inline; filename=\"100_.jpg\"; filename*=UTF-8''100%25.jpg"),
        ('a"; b=\\c.jpg', 'inline; filename="a_; b=_c.jpg"'),
        ("../../etc/passwd", 'inline; filename="_.._etc_passwd"'),
        ("a\r\nSet-Cookie: b", 'inline; filename="a__Set-Cookie_ b"'),
        ("gpj.\u202eexe", 'inline; filename="gpj._exe"'),
        ("a\u061c\u200b\ufeff\u2069.jpg", 'inline; filename="a____.jpg"'),
        ("\ud800.jpg", 'inline; filename="_.jpg"'),
        (" . ", 'inline; filename="picture"'),
        ("", 'inline; filename="picture"'),
    ],
)
def test_content_disposition_escapes_the_file_name(file_name: str, disposition: str) -> None:
    assert inline_disposition(file_name) == disposition


def test_a_truncated_file_name_keeps_its_extension() -> None:
    assert inline_disposition(f"{'x' * 251}.jpg") == f'inline; filename="{"x" * 96}.jpg"'
    assert inline_disposition("x" * 255) == f'inline; filename="{"x" * 100}"'
    assert inline_disposition(f"a.{'x' * 250}") == f'inline; filename="a.{"x" * 98}"'


@given(st.text(alphabet=st.characters(), max_size=255))
def test_no_file_name_breaks_the_content_disposition(file_name: str) -> None:
    disposition = inline_disposition(file_name)
    ascii_name, _, extended = disposition.removeprefix('inline; filename="').partition('"')
    assert disposition.isascii()
    assert disposition.isprintable()
    assert extended == "" or extended.startswith("; filename*=UTF-8''")
    if extended:
        assert len(unquote(extended.removeprefix("; filename*=UTF-8''"))) == len(ascii_name)


def test_a_prefix_is_deleted_with_all_its_objects(storage: Storage) -> None:
    for key in ("models/a/1", "models/a/2/3", "models/b"):
        storage.write("images", key, b"x", content_type="text/plain")
    storage.delete_prefix("images", "models/a/")
    left = boto3.client("s3").list_objects_v2(Bucket="images")["Contents"]
    assert [each["Key"] for each in left] == ["models/b"]
