"""Authentication of S3 requests: the checks of a signature, in S3's order."""

from __future__ import annotations

from collections.abc import Callable, Set
from datetime import UTC, datetime, timedelta

from local.aws import signatures
from local.aws.http import Request
from local.aws.iam import Caller, Callers
from local.aws.s3_errors import SIGNATURE_MISMATCH, S3Error, access_denied
from local.aws.signatures import ALGORITHM, MAX_CLOCK_SKEW, CredentialScope, MalformedSignature, Signature

_PARAMETERS = ("Algorithm", "Credential", "Signature", "Date", "SignedHeaders", "Expires")
_MAX_EXPIRES = 604800  # seconds; S3's limit of one week


def authenticate(request: Request, callers: Callers, now: Callable[[], datetime]) -> Caller:
    """Return the caller who signed the request, in its URL or its header. Raises S3Error."""
    parameters = {name for name, _ in request.query_pairs}
    is_presigned = any(f"X-Amz-{name}" in parameters for name in _PARAMETERS)
    authorization = request.headers.get("authorization")
    if authorization is not None and (is_presigned or "Signature" in parameters):
        raise _invalid_authorization(
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter,"
            " Signature query string parameter or the Authorization header should be specified",
            authorization,
        )
    if is_presigned:
        return _check_presigned_url(request, callers, now())
    if _uses_version_2(authorization, parameters):
        raise S3Error(
            "InvalidRequest",
            f"The authorization mechanism you have provided is not supported. Please use {ALGORITHM}.",
        )
    if authorization is None:
        raise access_denied("Access Denied")
    if not authorization.startswith("AWS4-"):
        raise _invalid_authorization("Unsupported Authorization Type", authorization)
    return _check_header(request, callers, now())


def _uses_version_2(authorization: str | None, parameters: Set[str]) -> bool:
    """Whether a request has a Signature Version 2, which S3 accepts in no bucket created since June 2020."""
    if authorization is None:
        return {"AWSAccessKeyId", "Signature"} <= parameters
    return authorization.startswith("AWS ")


def _invalid_authorization(message: str, value: str) -> S3Error:
    return S3Error("InvalidArgument", message, ArgumentName="Authorization", ArgumentValue=value)


def _check_presigned_url(request: Request, callers: Callers, now: datetime) -> Caller:
    signature, lifetime = _parse_query(request)
    if signature.signed_at > now + MAX_CLOCK_SKEW:
        raise access_denied("Request is not valid yet", ServerTime=_format_time(now))
    expires_at = signature.signed_at + lifetime
    if now >= expires_at:
        raise access_denied(
            "Request has expired",
            **{"X-Amz-Expires": str(int(lifetime.total_seconds()))},
            Expires=_format_time(expires_at),
            ServerTime=_format_time(now),
        )
    caller = _find_caller(callers, signature)
    _require_signed_headers(request, signature, "content-md5")
    # Only in presigned URLs, S3 treats this header as part of what is signed.
    if "x-amz-content-sha256" in request.headers and "x-amz-content-sha256" not in signature.signed_headers:
        raise _signature_mismatch(caller)
    if not signatures.is_valid(signature, request, caller, payload_hash=None):
        raise _signature_mismatch(caller)
    return caller


def _check_header(request: Request, callers: Callers, now: datetime) -> Caller:
    try:
        signature = signatures.parse_header(request)
        if signature is None:
            raise MalformedSignature("the header is mal-formed; expecting AWS4-HMAC-SHA256")
        signature.scope.require_service("s3")
    except MalformedSignature as error:
        raise S3Error(
            "AuthorizationHeaderMalformed", f"The authorization header is malformed; {error}"
        ) from error
    caller = _find_caller(callers, signature)
    if abs(now - signature.signed_at) > MAX_CLOCK_SKEW:
        raise S3Error(
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
            RequestTime=_format_time(signature.signed_at),
            ServerTime=_format_time(now),
        )
    payload_hash = request.headers.get("x-amz-content-sha256")
    if payload_hash is None:
        raise S3Error("InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
    _require_signed_headers(request, signature)
    if not signatures.is_valid(signature, request, caller, payload_hash):
        raise _signature_mismatch(caller)
    return caller


def _parse_query(request: Request) -> tuple[Signature, timedelta]:
    """Parse a presigned URL into its signature and lifetime. Raises S3Error with S3's message."""
    parameters = {
        name.removeprefix("X-Amz-"): value for name, value in request.query_pairs if name.startswith("X-Amz-")
    }
    if not all(parameters.get(name) for name in _PARAMETERS):
        raise _query_error(
            "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential,"
            " X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
        )
    if parameters["Algorithm"] != ALGORITHM:
        raise _query_error(f'X-Amz-Algorithm only supports "{ALGORITHM}"')
    try:
        scope = CredentialScope.parse(parameters["Credential"])
        scope.require_service("s3")
    except MalformedSignature as error:
        raise _query_error(f"Error parsing the X-Amz-Credential parameter; {error}") from error
    signed_at = signatures.parse_date(parameters["Date"])
    if signed_at is None:
        raise _query_error("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
    if scope.date != parameters["Date"][:8]:
        raise _query_error(
            f'Invalid credential date "{scope.date}". This date is not the same as X-Amz-Date:'
            f' "{parameters["Date"][:8]}".'
        )
    names = tuple(parameters["SignedHeaders"].lower().split(";"))
    return Signature(scope, signed_at, names, parameters["Signature"]), _parse_expires(parameters["Expires"])


def _parse_expires(text: str) -> timedelta:
    try:
        seconds = int(text)
    except ValueError:
        raise _query_error("X-Amz-Expires should be a number") from None
    if seconds < 0:
        raise _query_error("X-Amz-Expires must be non-negative")
    if seconds > _MAX_EXPIRES:
        raise _query_error(
            "X-Amz-Expires must be less than a week (in seconds); that is,"
            f" the given X-Amz-Expires must be less than {_MAX_EXPIRES} seconds"
        )
    return timedelta(seconds=seconds)


def _find_caller(callers: Callers, signature: Signature) -> Caller:
    caller = callers.find(signature.scope.access_key)
    if caller is None:
        raise S3Error(
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
            AWSAccessKeyId=signature.scope.access_key,
        )
    return caller


def _require_signed_headers(request: Request, signature: Signature, *others: str) -> None:
    """Require a signature for Host, every x-amz-* header that was sent, and `others`."""
    required = {"host"} | {name for name in request.headers if name.startswith("x-amz-") or name in others}
    required.discard("x-amz-content-sha256")  # checked on its own
    unsigned = sorted(required - set(signature.signed_headers))
    if unsigned:
        raise access_denied(
            "There were headers present in the request which were not signed",
            HeadersNotSigned=", ".join(unsigned),
        )


def _signature_mismatch(caller: Caller) -> S3Error:
    return S3Error("SignatureDoesNotMatch", SIGNATURE_MISMATCH, AWSAccessKeyId=caller.access_key)


def _query_error(message: str) -> S3Error:
    return S3Error("AuthorizationQueryParametersError", message)


def _format_time(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
