"""Signature Version 4, verified by recomputing each signature with botocore's signers."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote_to_bytes

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.aws.http import Request
from local.aws.iam import Caller
from local.template.names import REGION

ALGORITHM = "AWS4-HMAC-SHA256"
MAX_CLOCK_SKEW = timedelta(minutes=15)  # AWS's limit
_HEADER = re.compile(rf"{ALGORITHM} +Credential=([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]{{64}})")
_DATE = "%Y%m%dT%H%M%SZ"


class MalformedSignature(Exception):
    """A part of the signature cannot be parsed; the message is S3's."""


@dataclass(frozen=True)
class CredentialScope:
    """The access key of a signature, with the date, region and service that it is valid for."""

    access_key: str
    date: str
    region: str
    service: str

    @classmethod
    def parse(cls, credential: str) -> CredentialScope:
        # Split from the right: an access key may contain slashes, the other parts may not.
        parts = credential.rsplit("/", 4)
        if len(parts) != 5 or not all(parts) or parts[4] != "aws4_request":
            raise MalformedSignature(
                'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".'
            )
        return cls(*parts[:4])

    def require_service(self, service: str) -> None:
        """Raises MalformedSignature if the signature is for another region or service."""
        if self.region != REGION:
            raise MalformedSignature(f"the region '{self.region}' is wrong; expecting '{REGION}'")
        if self.service != service:
            raise MalformedSignature(
                f'incorrect service "{self.service}". This endpoint belongs to "{service}".'
            )


@dataclass(frozen=True)
class Signature:
    """A parsed Signature Version 4, from headers or from a presigned URL."""

    scope: CredentialScope
    signed_at: datetime
    signed_headers: tuple[str, ...]  # names in lower case
    value: str


def parse_header(request: Request) -> Signature | None:
    """Parse the Authorization header. Return None if it is not Signature Version 4.

    Raises MalformedSignature.
    """
    match = _HEADER.fullmatch(request.headers.get("authorization", "").strip())
    if match is None:
        return None
    credential, names, value = match.groups()
    signed_at = parse_date(request.headers.get("x-amz-date", ""))
    if signed_at is None:
        raise MalformedSignature("the X-Amz-Date header is missing or malformed")
    return Signature(CredentialScope.parse(credential), signed_at, tuple(names.lower().split(";")), value)


def parse_date(text: str) -> datetime | None:
    """Parse an X-Amz-Date. Return None if it is malformed."""
    try:
        return datetime.strptime(text, _DATE).replace(tzinfo=UTC)
    except ValueError:
        return None


def is_valid(signature: Signature, request: Request, caller: Caller, payload_hash: str | None) -> bool:
    """Recompute the signature from the request as it was sent, and compare.

    `payload_hash` is None for a presigned URL, which does not sign the payload.
    """
    scope = signature.scope
    presigned = payload_hash is None
    credentials = Credentials(caller.access_key, caller.secret_key)
    signer = _signer(scope.service, presigned)(credentials, scope.service, scope.region)
    signed = AWSRequest(
        method=request.method,
        url=f"http://{request.host}{_canonical_path(request.path)}?{_canonical_query(request, presigned)}",
        headers=_signed_headers(request, signature.signed_headers),
    )
    signed.context["timestamp"] = signature.signed_at.strftime(_DATE)
    canonical = signer.canonical_request(signed)
    if not presigned:  # the last line is the payload hash, and `signed` has no body to compute it from
        canonical = f"{canonical.rsplit(chr(10), 1)[0]}\n{payload_hash}"
    expected = signer.signature(signer.string_to_sign(signed, canonical), signed)
    return hmac.compare_digest(expected, signature.value)


def _signer(service: str, presigned: bool) -> type[SigV4Auth]:
    if service != "s3":
        return SigV4Auth
    return S3SigV4QueryAuth if presigned else S3SigV4Auth


def _signed_headers(request: Request, names: tuple[str, ...]) -> Mapping[str, str]:
    """Return the signed headers that were sent; a missing one makes the signature differ, as it should."""
    # WSGI decodes headers as Latin-1, but clients sign UTF-8.
    return {
        name: request.headers[name].encode("latin-1").decode("utf-8", "replace")
        for name in names
        if name in request.headers
    }


def _canonical_query(request: Request, presigned: bool) -> str:
    pairs = [pair for pair in request.query_pairs if not (presigned and pair[0] == "X-Amz-Signature")]
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)


def _canonical_path(path: str) -> str:
    # Clients choose which characters to percent-encode; the signature uses one canonical form.
    return quote(unquote_to_bytes(path.encode("latin-1")), safe="/~")
