"""Who makes a request to S3: the checks of its signature, in S3's order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from local.aws import signatures
from local.aws.http import Request
from local.aws.iam import Caller, Callers
from local.aws.s3_errors import S3Error, access_denied, signature_differs
from local.aws.signatures import ALGORITHM, MAX_CLOCK_SKEW, CredentialScope, MalformedSignature, Signature

_PARAMETERS = ("Algorithm", "Credential", "Signature", "Date", "SignedHeaders", "Expires")
_WEEK = 604800
_UNSIGNED_BODY = "UNSIGNED-PAYLOAD"


def caller_of(request: Request, callers: Callers, now: Callable[[], datetime]) -> Caller:
    """Tell who signed the request. Raises S3Error."""
    if any(name.startswith("X-Amz-") and name[6:] in _PARAMETERS for name, _ in request.pairs):
        return _presigner(request, callers, now())
    if "authorization" in request.headers:
        return _signer(request, callers, now())
    raise access_denied("Access Denied")


def _presigner(request: Request, callers: Callers, now: datetime) -> Caller:
    signed, lifetime = _read_query(request)
    if signed.at > now + MAX_CLOCK_SKEW:
        raise access_denied("Request is not valid yet", ServerTime=_time(now))
    expires_at = signed.at + lifetime
    if now >= expires_at:
        raise access_denied(
            "Request has expired",
            **{"X-Amz-Expires": str(int(lifetime.total_seconds()))},
            Expires=_time(expires_at),
            ServerTime=_time(now),
        )
    caller = _known(callers, signed)
    _require_coverage(request, signed, also=("content-md5",))
    if "x-amz-content-sha256" in request.headers and "x-amz-content-sha256" not in signed.headers:
        raise signature_differs(caller.access_key)  # S3 counts it as part of what is signed, here alone
    if not signatures.matches(request, signed, caller, presigned=True, payload_hash=_UNSIGNED_BODY):
        raise signature_differs(caller.access_key)
    return caller


def _signer(request: Request, callers: Callers, now: datetime) -> Caller:
    try:
        signed = signatures.from_header(request)
        if signed is None:
            raise MalformedSignature("the header is mal-formed; expecting AWS4-HMAC-SHA256")
        signed.scope.require("s3")
    except MalformedSignature as error:
        raise S3Error(
            "AuthorizationHeaderMalformed", f"The authorization header is malformed; {error}"
        ) from error
    caller = _known(callers, signed)
    if abs(now - signed.at) > MAX_CLOCK_SKEW:
        raise S3Error(
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
            RequestTime=_time(signed.at),
            ServerTime=_time(now),
        )
    payload_hash = request.headers.get("x-amz-content-sha256")
    if payload_hash is None:
        raise S3Error("InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
    _require_coverage(request, signed)
    if not signatures.matches(request, signed, caller, presigned=False, payload_hash=payload_hash):
        raise signature_differs(caller.access_key)
    return caller


def _read_query(request: Request) -> tuple[Signature, timedelta]:
    """Read the six parameters of a presigned URL, with S3's complaint about each."""
    given = {name.removeprefix("X-Amz-"): value for name, value in request.pairs if name.startswith("X-Amz-")}
    if not all(given.get(name) for name in _PARAMETERS):
        raise _bad_query(
            "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential,"
            " X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
        )
    if given["Algorithm"] != ALGORITHM:
        raise _bad_query(f'X-Amz-Algorithm only supports "{ALGORITHM}"')
    try:
        scope = CredentialScope.parse(given["Credential"])
        scope.require("s3")
    except MalformedSignature as error:
        raise _bad_query(f"Error parsing the X-Amz-Credential parameter; {error}") from error
    at = signatures.parse_date(given["Date"])
    if at is None:
        raise _bad_query("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
    if scope.date != given["Date"][:8]:
        raise _bad_query(
            f'Invalid credential date "{scope.date}". This date is not the same as X-Amz-Date:'
            f' "{given["Date"][:8]}".'
        )
    names = tuple(given["SignedHeaders"].lower().split(";"))
    return Signature(scope, at, names, given["Signature"]), _lifetime(given["Expires"])


def _lifetime(text: str) -> timedelta:
    try:
        seconds = int(text)
    except ValueError:
        raise _bad_query("X-Amz-Expires should be a number") from None
    if seconds < 0:
        raise _bad_query("X-Amz-Expires must be non-negative")
    if seconds > _WEEK:
        raise _bad_query(
            "X-Amz-Expires must be less than a week (in seconds); that is,"
            f" the given X-Amz-Expires must be less than {_WEEK} seconds"
        )
    return timedelta(seconds=seconds)


def _known(callers: Callers, signed: Signature) -> Caller:
    caller = callers.with_key(signed.scope.access_key)
    if caller is None:
        raise S3Error(
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
            AWSAccessKeyId=signed.scope.access_key,
        )
    return caller


def _require_coverage(request: Request, signed: Signature, also: tuple[str, ...] = ()) -> None:
    """Whatever tells S3 what to do must be signed; the body's hash has a check of its own."""
    telling = {name for name in request.headers if name.startswith("x-amz-")} - {"x-amz-content-sha256"}
    telling |= {"host"} | {name for name in also if name in request.headers}
    unsigned = sorted(telling - set(signed.headers))
    if unsigned:
        raise access_denied(
            "There were headers present in the request which were not signed",
            HeadersNotSigned=", ".join(unsigned),
        )


def _bad_query(message: str) -> S3Error:
    return S3Error("AuthorizationQueryParametersError", message)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
