"""Signature Version 4, checked: botocore's own signers compute the signature anew."""

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
MAX_CLOCK_SKEW = timedelta(minutes=15)  # how far clocks may be apart
_HEADER = re.compile(rf"{ALGORITHM} +Credential=([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]{{64}})")
_DATE = "%Y%m%dT%H%M%SZ"


class MalformedSignature(Exception):
    """Something in the signature cannot be read; the message says what, in S3's words."""


@dataclass(frozen=True)
class CredentialScope:
    access_key: str
    date: str
    region: str
    service: str

    @classmethod
    def parse(cls, credential: str) -> CredentialScope:
        # Split from the right: an access key may hold slashes, the rest may not.
        parts = credential.rsplit("/", 4)
        if len(parts) != 5 or not all(parts) or parts[4] != "aws4_request":
            raise MalformedSignature(
                'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".'
            )
        return cls(*parts[:4])

    def require(self, service: str) -> None:
        if self.region != REGION:
            raise MalformedSignature(f"the region '{self.region}' is wrong; expecting '{REGION}'")
        if self.service != service:
            raise MalformedSignature(
                f'incorrect service "{self.service}". This endpoint belongs to "{service}".'
            )


@dataclass(frozen=True)
class Signature:
    """A signature and what it says of itself."""

    scope: CredentialScope
    at: datetime
    headers: tuple[str, ...]  # the names that it covers
    signature: str


def from_header(request: Request) -> Signature | None:
    """Read the Authorization header; None when it is not one of ours. Raises MalformedSignature."""
    found = _HEADER.fullmatch(request.headers.get("authorization", "").strip())
    if found is None:
        return None
    credential, names, signature = found.groups()
    at = parse_date(request.headers.get("x-amz-date", ""))
    if at is None:
        raise MalformedSignature("the X-Amz-Date header is missing or malformed")
    return Signature(CredentialScope.parse(credential), at, tuple(names.lower().split(";")), signature)


def parse_date(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _DATE).replace(tzinfo=UTC)
    except ValueError:
        return None


def matches(
    request: Request, signed: Signature, caller: Caller, *, presigned: bool, payload_hash: str
) -> bool:
    """Compute the signature anew, from the request as it came, and compare."""
    scope = signed.scope
    credentials = Credentials(caller.access_key, caller.secret_key)
    signer = _signer(scope.service, presigned)(credentials, scope.service, scope.region)
    subject = AWSRequest(
        method=request.method,
        url=f"http://{request.host}{_canonical_path(request.path)}?{_canonical_query(request, presigned)}",
        headers=_signed_headers(request, signed.headers),
    )
    subject.context["timestamp"] = signed.at.strftime(_DATE)
    # Set last and unasked: the signer takes it in place of hashing a body.
    canonical = signer.canonical_request(subject)
    if not presigned:
        canonical = f"{canonical.rsplit(chr(10), 1)[0]}\n{payload_hash}"
    computed = signer.signature(signer.string_to_sign(subject, canonical), subject)
    return hmac.compare_digest(computed, signed.signature)


def _signer(service: str, presigned: bool) -> type[SigV4Auth]:
    if service != "s3":
        return SigV4Auth
    return S3SigV4QueryAuth if presigned else S3SigV4Auth


def _signed_headers(request: Request, names: tuple[str, ...]) -> Mapping[str, str]:
    """Give the covered headers that came; one that did not come makes the signature differ, as it should."""
    # WSGI hands bytes over as latin-1, but what was signed is UTF-8.
    return {
        name: request.headers[name].encode("latin-1").decode("utf-8", "replace")
        for name in names
        if name in request.headers
    }


def _canonical_query(request: Request, presigned: bool) -> str:
    kept = [pair for pair in request.pairs if not (presigned and pair[0] == "X-Amz-Signature")]
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in kept)


def _canonical_path(path: str) -> str:
    # Which characters were sent as percent signs is the sender's choice; the signature knows one form.
    return quote(unquote_to_bytes(path.encode("latin-1")), safe="/~")
