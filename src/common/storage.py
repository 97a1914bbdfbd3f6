"""The S3 adapter."""

from __future__ import annotations

import base64
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from botocore.config import Config
from botocore.exceptions import ClientError

from common import time
from common.aws import build_client, get_session
from common.file_names import is_invisible
from common.links import LINK_SECONDS, window_start
from common.signer import Signer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef, HeadObjectOutputTypeDef

_CONNECTIONS = 16
_CONFIG = Config(
    connect_timeout=2,
    read_timeout=8,  # below the API functions' timeouts of 10 s or more
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=_CONNECTIONS,  # the recovery's threads
)
# Browsers need SigV4 and the bucket's regional host: the global host may redirect, which fails a preflight.
# This configuration only signs URLs; requests use the one above, which works with any endpoint.
SIGNING_CONFIG = Config(
    signature_version="s3v4",
    s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
)
REVALIDATE = "private, no-cache"  # a link's URL stays the same while its object may be replaced
# Unless these are signed, S3 stores what the client sends and returns it with every link: browsers may add a
# Cache-Control of their own, and another Content-Encoding could make the picture unreadable.
_PINNED_HEADERS = {
    "Cache-Control": REVALIDATE,
    "Content-Disposition": "inline",
    "Content-Encoding": "identity",
}
_MAX_FILE_NAME = 100  # characters; URL-encoded twice they must leave the signed URL below S3's limit of 8 KB
_UNSAFE_IN_FILE_NAME = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]')


class ObjectGone(Exception):
    """The object doesn't exist."""


class ObjectForbidden(Exception):
    """Access is denied. It doesn't mean a missing object, because the functions have s3:ListBucket."""


class ObjectArchived(Exception):
    """The object is archived, and can't be read until it is restored."""


@dataclass(frozen=True)
class StoredObject:
    """An object's metadata; `size` is in bytes and the ETag has no quotes."""

    size: int
    etag: str
    content_type: str
    metadata: Mapping[str, str]
    modified_at: datetime  # S3 truncates it to seconds


@dataclass(frozen=True)
class SignedRequest:
    """A presigned request that anyone who has it may send until it expires."""

    method: str
    url: str
    headers: Mapping[str, str]
    expires_at: datetime


class Storage:
    """Objects in S3 buckets; the signer presigns URLs for browsers."""

    def __init__(self, client: S3Client, signer: Signer) -> None:
        self._client = client
        self._signer = signer

    @classmethod
    def from_env(cls) -> Storage:
        """Build the clients from the function's environment."""
        signer = Signer(build_client("s3", SIGNING_CONFIG), get_session().get_credentials())
        return cls(build_client("s3", _CONFIG), signer)

    def presign_put(
        self, bucket: str, key: str, *, content_type: str, size: int, sha256_hex: str, expires_seconds: int
    ) -> SignedRequest:
        """Presign a PUT of exactly these bytes and this type, to a key that must not exist yet.

        It also pins the headers that say how to cache, show and decode the object. S3 itself refuses every
        x-amz-* header that isn't signed, such as those for access, tags, storage class and encryption.
        Content-Length is signed but not among the headers, because browsers set it themselves.
        """
        checksum = base64.b64encode(bytes.fromhex(sha256_hex)).decode()
        expires_at = time.now() + timedelta(seconds=expires_seconds)
        headers = {
            "Content-Type": content_type,
            "If-None-Match": "*",
            "x-amz-checksum-sha256": checksum,
            **_PINNED_HEADERS,
        }
        signed = {**headers, "Content-Length": str(size)}
        url = self._signer.presign("PUT", bucket, key, seconds=expires_seconds, headers=signed)
        return SignedRequest("PUT", url, headers, expires_at)

    def presign_get(self, bucket: str, key: str, *, download_name: str | None = None) -> str:
        """Presign a GET; `download_name` is the file name under which a browser saves the object."""
        query = {}
        if download_name is not None:
            query["response-content-disposition"] = inline_disposition(download_name)
        as_of = window_start(time.now())
        return self._signer.presign("GET", bucket, key, seconds=LINK_SECONDS, query=query, as_of=as_of)

    def head(self, bucket: str, key: str) -> StoredObject:
        """Return an object's metadata. Raises ObjectGone or ObjectForbidden."""
        with _translate_errors(bucket, key):
            response = self._client.head_object(Bucket=bucket, Key=key)
        return _describe(response)

    def fetch(self, bucket: str, key: str, max_bytes: int) -> tuple[StoredObject, bytes | None]:
        """Return an object's metadata and bytes by one request, or None instead of more than `max_bytes`.

        Raises ObjectGone, ObjectForbidden or ObjectArchived.
        """
        with _translate_errors(bucket, key):
            response = self._client.get_object(Bucket=bucket, Key=key)
        stored = _describe(response)
        with closing(response["Body"]) as body:
            return stored, body.read() if stored.size <= max_bytes else None

    def read(self, bucket: str, key: str) -> bytes:
        """Return an object's bytes. Raises ObjectGone, ObjectForbidden or ObjectArchived."""
        with _translate_errors(bucket, key):
            return self._client.get_object(Bucket=bucket, Key=key)["Body"].read()

    def write(
        self,
        bucket: str,
        key: str,
        body: bytes,
        *,
        content_type: str,
        cache_control: str = REVALIDATE,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        """Write an object, replacing any existing one; `cache_control` is for browsers that have a link."""
        self._client.put_object(
            Bucket=bucket,
            Key=key,
            Body=body,
            ContentType=content_type,
            CacheControl=cache_control,
            Metadata=dict(metadata or {}),
        )

    def delete(self, bucket: str, key: str) -> None:
        """Delete an object if it exists."""
        self._client.delete_object(Bucket=bucket, Key=key)

    def delete_prefix(self, bucket: str, prefix: str) -> None:
        """Delete all objects whose keys start with a prefix."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        keys = (found["Key"] for page in pages for found in page.get("Contents", ()))
        with ThreadPoolExecutor(_CONNECTIONS) as executor:
            for _ in executor.map(lambda key: self.delete(bucket, key), keys):
                pass  # an error is raised here


def inline_disposition(file_name: str) -> str:
    """Return a Content-Disposition header (RFC 6266) that shows a file in the browser and names it.

    Characters that a file system rejects, or that disguise a name, are replaced with underscores.
    """
    visible = "".join("_" if is_invisible(character) else character for character in _truncate(file_name))
    safe = _UNSAFE_IN_FILE_NAME.sub("_", visible).strip(" .") or "picture"
    ascii_name = re.sub(r"[^\x20-\x7e]|%", "_", safe)
    disposition = f'inline; filename="{ascii_name}"'
    return disposition if ascii_name == safe else f"{disposition}; filename*=UTF-8''{quote(safe, safe='')}"


def _truncate(file_name: str) -> str:
    stem, dot, extension = file_name.rpartition(".")
    if not stem or len(extension) > 10:
        stem, dot, extension = file_name, "", ""
    return stem[: _MAX_FILE_NAME - len(dot + extension)] + dot + extension


def _describe(response: HeadObjectOutputTypeDef | GetObjectOutputTypeDef) -> StoredObject:
    return StoredObject(
        size=response["ContentLength"],
        etag=response["ETag"].strip('"'),
        content_type=response["ContentType"],
        metadata=response["Metadata"],
        modified_at=response["LastModified"],
    )


@contextmanager
def _translate_errors(bucket: str, key: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if _code(error) in ("404", "NoSuchKey"):  # a HEAD response has no body, so botocore has its status
            raise ObjectGone(f"s3://{bucket}/{key}") from error
        if _code(error) in ("403", "AccessDenied"):
            raise ObjectForbidden(f"s3://{bucket}/{key}") from error
        if _code(error) == "InvalidObjectState":
            raise ObjectArchived(f"s3://{bucket}/{key}") from error
        raise


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]
