"""URLs are those that botocore's S3 client presigns."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import botocore.auth
import pytest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import NoCredentialsError
from botocore.session import Session

from common.signer import Signer

MOMENT = datetime(2026, 11, 22, 23, 50, 1, tzinfo=UTC)
OPTIONS: Any = {"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"}  # as in `Storage`
REGIONS = ("us-east-1", "eu-central-1", "ap-southeast-5", "cn-north-1", "us-gov-west-1")
KEYS = ("uploads/alice/00ff", "odd names/100% café + crème~'()*!.jpg", "/a//b/../c")
HEADERS = {
    "Content-Type": "image/png",
    "If-None-Match": "*",
    "x-amz-checksum-sha256": "AP8A",
    "Cache-Control": "private, no-cache",
    "Content-Disposition": "inline",
    "Content-Encoding": "identity",
    "Content-Length": "7",
}
PARAMETERS = {
    "ContentType": "image/png",
    "IfNoneMatch": "*",
    "ChecksumSHA256": "AP8A",
    "CacheControl": "private, no-cache",
    "ContentDisposition": "inline",
    "ContentEncoding": "identity",
    "ContentLength": 7,
}


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


def client(session: Session, region: str, token: str | None) -> Any:
    return session.create_client(
        "s3",
        region_name=region,
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret",
        aws_session_token=token,
        config=Config(signature_version="s3v4", s3=OPTIONS),
    )


@pytest.fixture(autouse=True)
def stopped_clock() -> Any:
    """Stop the clock of botocore's signer in Python, which it uses without awscrt, as on Lambda."""
    in_python = {"s3v4-query": botocore.auth.S3SigV4QueryAuth}
    with patch.dict(botocore.auth.AUTH_TYPE_MAPS, in_python), clock_at(MOMENT):
        yield


def clock_at(moment: datetime) -> Any:
    return patch.object(botocore.auth, "get_current_datetime", return_value=moment.replace(tzinfo=None))


@pytest.mark.parametrize("token", [None, "t/+=" * 90])
@pytest.mark.parametrize("bucket", ["images", "my.images", "a-1234-us-east-1"])
@pytest.mark.parametrize("region", REGIONS)
def test_urls_are_those_of_the_client(session: Session, region: str, bucket: str, token: str | None) -> None:
    s3 = client(session, region, token)
    signer = Signer(s3, Credentials("AKIDEXAMPLE", "secret", token))
    for key in KEYS:
        place = {"Bucket": bucket, "Key": key}
        put = signer.presign("PUT", bucket, key, seconds=300, headers=HEADERS)
        get = signer.presign("GET", bucket, key, seconds=900)
        disposition = "inline; filename=\"_.jpg\"; filename*=UTF-8''%C3%A9.jpg"
        named = signer.presign(
            "GET", bucket, key, seconds=900, query={"response-content-disposition": disposition}
        )
        named_parameters = {**place, "ResponseContentDisposition": disposition}
        assert put == s3.generate_presigned_url("put_object", {**place, **PARAMETERS}, 300)
        assert get == s3.generate_presigned_url("get_object", place, 900)
        assert named == s3.generate_presigned_url("get_object", named_parameters, 900)


def test_a_url_can_be_signed_as_of_another_time(session: Session) -> None:
    s3 = client(session, "eu-central-1", None)
    earlier = datetime(2026, 11, 21, 10, tzinfo=UTC)
    signer = Signer(s3, Credentials("AKIDEXAMPLE", "secret"))
    url = signer.presign("GET", "images", "k", seconds=900, as_of=earlier)
    with clock_at(earlier):
        assert url == s3.generate_presigned_url("get_object", {"Bucket": "images", "Key": "k"}, 900)


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:4566", "http://127.0.0.1:80", "https://127.0.0.1:443"]
)
def test_urls_of_a_custom_endpoint(session: Session, monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    s3 = client(session, "us-east-1", None)
    url = Signer(s3, Credentials("AKIDEXAMPLE", "secret")).presign("GET", "images", "k", seconds=900)
    assert url.startswith(f"{endpoint}/images/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&")
    assert url == s3.generate_presigned_url("get_object", {"Bucket": "images", "Key": "k"}, 900)


def test_nothing_is_signed_without_credentials(session: Session) -> None:
    signer = Signer(client(session, "us-east-1", None), None)
    with pytest.raises(NoCredentialsError):
        signer.presign("GET", "images", "k", seconds=900)
