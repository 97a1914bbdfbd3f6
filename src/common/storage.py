"""The S3 adapter."""

from __future__ import annotations

import base64
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from common import time as times
from common.downloads import inline_disposition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectRequestTypeDef

_CONFIG = Config(
    connect_timeout=2,
    read_timeout=8,  # below the API functions' own 10 s
    retries={"mode": "standard", "total_max_attempts": 3},
)
# Browsers need what boto3's default is not: SigV4, and the regional host, as the global one redirects and a
# preflight may not be redirected. It only signs: an endpoint with a host name has no host for each bucket.
_SIGNING = Config(
    signature_version="s3v4",
    s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
)


class ObjectGone(Exception):
    """There is no object at the key."""


class ObjectForbidden(Exception):
    """The object may not be read; without s3:ListBucket it may also be missing."""


@dataclass(frozen=True)
class StoredObject:
    """What S3 tells of an object without its bytes; the ETag comes without its quotes."""

    size: int
    etag: str
    content_type: str
    metadata: Mapping[str, str]
    modified_at: datetime  # to the second, cut off


@dataclass(frozen=True)
class SignedRequest:
    """A request that anybody who has it may send, until it expires."""

    method: str
    url: str
    headers: Mapping[str, str]
    expires_at: datetime


class Storage:
    """Objects in buckets; `signer` is the client that signs URLs for browsers."""

    def __init__(self, client: S3Client, signer: S3Client) -> None:
        self._client = client
        self._signer = signer

    @classmethod
    def from_env(cls) -> Storage:
        """Build the clients from the function's environment."""
        return cls(boto3.client("s3", config=_CONFIG), boto3.client("s3", config=_SIGNING))

    def presign_put(
        self, bucket: str, key: str, *, content_type: str, size: int, sha256_hex: str, expires_seconds: int
    ) -> SignedRequest:
        """Permit exactly these bytes, of this type, to be put where nothing is yet.

        The length is signed too, but not among the headers: a browser sets it itself and lets nobody else.
        """
        checksum = base64.b64encode(bytes.fromhex(sha256_hex)).decode()
        expires_at = times.now() + timedelta(seconds=expires_seconds)
        url = self._signer.generate_presigned_url(
            "put_object",
            Params={
                "Bucket": bucket,
                "Key": key,
                "ContentLength": size,
                "ContentType": content_type,
                "IfNoneMatch": "*",
                "ChecksumSHA256": checksum,
            },
            ExpiresIn=expires_seconds,
        )
        headers = {"Content-Type": content_type, "If-None-Match": "*", "x-amz-checksum-sha256": checksum}
        return SignedRequest("PUT", url, headers, expires_at)

    def presign_get(
        self, bucket: str, key: str, *, expires_seconds: int, download_name: str | None = None
    ) -> str:
        """Return a link to an object; `download_name` is what a browser saves it as."""
        params = {"Bucket": bucket, "Key": key}
        if download_name is not None:
            params["ResponseContentDisposition"] = inline_disposition(download_name)
        return self._signer.generate_presigned_url("get_object", Params=params, ExpiresIn=expires_seconds)

    def head(self, bucket: str, key: str) -> StoredObject:
        """Look at an object; ObjectGone or ObjectForbidden where it cannot be seen."""
        with _reading(bucket, key):
            answer = self._client.head_object(Bucket=bucket, Key=key)
        return StoredObject(
            size=answer["ContentLength"],
            etag=answer["ETag"].strip('"'),
            content_type=answer["ContentType"],
            metadata=answer["Metadata"],
            modified_at=answer["LastModified"],
        )

    def read(self, bucket: str, key: str, *, first: int = 0, length: int | None = None) -> bytes:
        """Read an object's bytes from `first` on, at most `length`; fewer, or none, where it ends before."""
        if length == 0:
            return b""
        request: GetObjectRequestTypeDef = {"Bucket": bucket, "Key": key}
        if first or length is not None:
            request["Range"] = f"bytes={first}-{'' if length is None else first + length - 1}"
        try:
            with _reading(bucket, key):
                return self._client.get_object(**request)["Body"].read()
        except ClientError as error:
            if _code(error) == "InvalidRange":  # it ends before `first`, as an empty one always does
                return b""
            raise

    def write(
        self,
        bucket: str,
        key: str,
        body: bytes,
        *,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        """Put an object, in place of any that is there."""
        self._client.put_object(
            Bucket=bucket, Key=key, Body=body, ContentType=content_type, Metadata=dict(metadata or {})
        )

    def delete(self, bucket: str, key: str) -> None:
        """Delete an object, if there is one."""
        self._client.delete_object(Bucket=bucket, Key=key)


@contextmanager
def _reading(bucket: str, key: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if _code(error) in ("404", "NoSuchKey"):  # an answer to HEAD has no body, so only the status
            raise ObjectGone(f"s3://{bucket}/{key}") from error
        if _code(error) in ("403", "AccessDenied"):
            raise ObjectForbidden(f"s3://{bucket}/{key}") from error
        raise


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]
