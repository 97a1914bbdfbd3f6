"""Presigned URLs: botocore signs them, at the address that its S3 client has for a bucket.

`generate_presigned_url` also builds and validates a whole request, which takes most of its time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.auth import SIGV4_TIMESTAMP, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.utils import percent_encode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from botocore.credentials import Credentials
    from mypy_boto3_s3 import S3Client

_DEFAULT_PORTS = {"http": ":80", "https": ":443"}  # which no client sends as part of the host
_SAFE_IN_PATH = "/~"  # as in botocore's serializer


class Signer:
    """Presigns requests with the client's signature version, s3v4, and its region."""

    def __init__(self, client: S3Client, credentials: Credentials | None) -> None:
        """Without credentials, signing raises botocore's NoCredentialsError."""
        self._client = client
        self._credentials = credentials
        self._addresses: dict[str, tuple[str, str]] = {}  # by bucket

    def presign(
        self,
        method: str,
        bucket: str,
        key: str,
        *,
        seconds: int,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        as_of: datetime | None = None,
    ) -> str:
        """Return a URL that permits one request, with exactly these headers, for some seconds.

        They begin now, or `as_of` another time.
        """
        credentials = self._credentials and self._credentials.get_frozen_credentials()
        auth = _QueryAuth(credentials, self._client.meta.region_name, seconds, as_of)
        address, host = self._address(bucket)
        url = f"{address}/{percent_encode(key, safe=_SAFE_IN_PATH)}"
        signed = {"Host": host, **(headers or {})}  # otherwise botocore parses the URL for it, twice
        request = AWSRequest(method, url, headers=signed, params=dict(query or {}))
        auth.add_auth(request)
        return str(request.url)

    def _address(self, bucket: str) -> tuple[str, str]:
        """Return the URL and the host of a bucket: only botocore knows the rules for all of them."""
        if bucket not in self._addresses:
            url = self._client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "-"})
            address = urlsplit(url)
            host = address.netloc.removesuffix(_DEFAULT_PORTS[address.scheme])
            self._addresses[bucket] = url.partition("?")[0].removesuffix("/-"), host
        return self._addresses[bucket]


class _QueryAuth(S3SigV4QueryAuth):
    """Signs a URL as of another time, unless that is None."""

    def __init__(self, credentials: Any, region: str, seconds: int, as_of: datetime | None) -> None:
        super().__init__(credentials, "s3", region, seconds)
        self._as_of = as_of

    # botocore calls this after it has set the time that the signature is for. Its stubs omit the method.
    def _modify_request_before_signing(self, request: AWSRequest) -> None:
        if self._as_of:
            request.context["timestamp"] = self._as_of.strftime(SIGV4_TIMESTAMP)
        super()._modify_request_before_signing(request)  # type: ignore[misc]
