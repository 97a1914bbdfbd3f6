from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from common import time as times
from common.storage import ObjectForbidden, ObjectGone, Storage, StoredObject

HEX = "00ff" * 16
BASE64 = "AP8A/wD/AP8A/wD/AP8A/wD/AP8A/wD/AP8A/wD/AP8="


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_an_upload_is_pinned_by_signed_headers() -> None:
    before = times.now()
    signed = Storage.from_env().presign_put(
        "pictures", "uploads/public/a", content_type="image/png", size=7, sha256_hex=HEX, expires_seconds=300
    )
    assert signed.method == "PUT"
    assert signed.headers == {
        "Content-Type": "image/png",
        "If-None-Match": "*",
        "x-amz-checksum-sha256": BASE64,
    }
    assert before + timedelta(seconds=300) <= signed.expires_at <= times.now() + timedelta(seconds=300)
    assert signed.url.startswith("https://pictures.s3.us-east-1.amazonaws.com/uploads/public/a?")
    query = query_of(signed.url)
    assert query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    assert query["X-Amz-Expires"] == "300"
    assert query["X-Amz-SignedHeaders"].split(";") == [
        "content-length",
        "content-type",
        "host",
        "if-none-match",
        "x-amz-checksum-sha256",
    ]


def test_a_link_says_how_long_it_lives_and_what_to_save_it_as() -> None:
    storage = Storage.from_env()
    named = query_of(storage.presign_get("pictures", "k", expires_seconds=900, download_name="é.jpg"))
    assert named["X-Amz-Expires"] == "900"
    assert named["response-content-disposition"] == "inline; filename=\"_.jpg\"; filename*=UTF-8''%C3%A9.jpg"
    assert "response-content-disposition" not in query_of(
        storage.presign_get("pictures", "k", expires_seconds=900)
    )


def test_an_object_is_written_seen_read_and_deleted(storage: Storage) -> None:
    key = "drops/a +%é.jpg"
    storage.write("pictures", key, b"0123456789", content_type="image/jpeg", metadata={"made-by": "test"})
    seen = storage.head("pictures", key)
    assert abs(seen.modified_at - times.now()) < timedelta(minutes=1)
    assert seen == StoredObject(
        size=10,
        etag="781e5e245d69b566979b86e28d23f2c7",
        content_type="image/jpeg",
        metadata={"made-by": "test"},
        modified_at=seen.modified_at,
    )
    assert storage.read("pictures", key) == b"0123456789"
    assert storage.read("pictures", key, length=4) == b"0123"
    assert storage.read("pictures", key, first=4) == b"456789"
    assert storage.read("pictures", key, first=8, length=100) == b"89"
    assert storage.read("pictures", key, first=10, length=1) == b""
    assert storage.read("pictures", key, length=0) == b""
    storage.delete("pictures", key)
    storage.delete("pictures", key)
    with pytest.raises(ObjectGone):
        storage.head("pictures", key)
    with pytest.raises(ObjectGone):
        storage.read("pictures", key)


def test_the_start_of_an_empty_object_is_empty(storage: Storage) -> None:
    storage.write("pictures", "empty", b"", content_type="image/jpeg")
    assert storage.read("pictures", "empty", length=64) == b""


@pytest.mark.parametrize(
    ("operation", "status", "code", "raised"),
    [
        ("head_object", 403, "403", ObjectForbidden),
        ("head_object", 404, "404", ObjectGone),
        ("head_object", 503, "503", ClientError),
        ("get_object", 403, "AccessDenied", ObjectForbidden),
        ("get_object", 404, "NoSuchKey", ObjectGone),
        ("get_object", 404, "NoSuchBucket", ClientError),
        ("get_object", 503, "SlowDown", ClientError),
    ],
)
def test_errors_of_the_object_are_told_from_passing_ones(
    operation: str, status: int, code: str, raised: type[Exception]
) -> None:
    client = boto3.client("s3")
    with Stubber(client) as stub:
        stub.add_client_error(operation, service_error_code=code, http_status_code=status)
        storage = Storage(client, client)
        ask = storage.head if operation == "head_object" else storage.read
        with pytest.raises(raised):
            ask("pictures", "k")


def test_an_endpoint_with_a_host_name_is_asked_by_that_name(monkeypatch: pytest.MonkeyPatch) -> None:
    # as in a container: a host per bucket exists on AWS alone
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://host.docker.internal:4566")
    storage = Storage.from_env()
    asked: list[str] = []

    def stop(request: object, **_: object) -> None:
        asked.append(request.url)  # type: ignore[attr-defined]
        raise ObjectGone

    storage._client.meta.events.register("before-send.s3.HeadObject", stop)
    with pytest.raises(ObjectGone):
        storage.head("pictures", "a.jpg")
    assert asked == ["http://host.docker.internal:4566/pictures/a.jpg"]
