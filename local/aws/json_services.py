"""DynamoDB, SQS and Rekognition: JSON over POST, told apart by X-Amz-Target."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from local.aws import signatures
from local.aws.http import Request, Response
from local.aws.iam import Caller, Callers
from local.aws.json_actions import required_permissions
from local.aws.moto_apps import Moto
from local.aws.s3_errors import SIGNATURE_MISMATCH
from local.aws.signatures import MAX_CLOCK_SKEW, MalformedSignature

_LARGEST = 16 << 20  # what DynamoDB takes in one request; the others take less
# (prefix of X-Amz-Target, name in the signature's scope)
_TARGETS = {"DynamoDB_20120810": "dynamodb", "AmazonSQS": "sqs", "RekognitionService": "rekognition"}


class _Refused(Exception):
    """A refusal as JSON services have it; SQS has other names for some, from its time with XML."""

    def __init__(self, code: str, sqs_code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.sqs_code = sqs_code


class JsonServices:
    def __init__(
        self,
        moto: Moto,
        callers: Callers,
        rekognition: Callable[[str, bytes, str], tuple[int, dict[str, Any]]],
        now: Callable[[], datetime],
    ) -> None:
        self._moto = moto
        self._callers = callers
        self._rekognition = rekognition
        self._now = now

    def handle(self, request: Request, service: str) -> Response:
        """Respond to a request to the service of that name in AWS's signatures."""
        try:
            return self._serve(request, service)
        except _Refused as refused:
            return _refusal(service, refused)

    def _serve(self, request: Request, service: str) -> Response:
        body = _read(request)
        caller = self._caller(request, service, body)
        operation = request.headers.get("x-amz-target", "").rpartition(".")[2]
        lacking = _lacking(caller, service, operation, body)
        if lacking is not None:
            raise _Refused("AccessDeniedException", "AccessDenied", lacking)
        if service != "rekognition":
            return self._moto.other(request, body)
        status, document = self._rekognition(operation, body, caller.access_key)
        return _json(status, service, document)

    def _caller(self, request: Request, service: str, body: bytes) -> Caller:
        try:
            signed = signatures.from_header(request)
            if signed is None:
                raise _Refused(
                    "MissingAuthenticationTokenException",
                    "MissingAuthenticationToken",
                    "Missing Authentication Token",
                )
            signed.scope.require(service)
        except MalformedSignature as error:
            raise _unmatched(f"Credential should be scoped correctly: {error}") from error
        caller = self._callers.with_key(signed.scope.access_key)
        if caller is None:
            raise _Refused(
                "UnrecognizedClientException",
                "InvalidClientTokenId",
                "The security token included in the request is invalid.",
            )
        if abs(self._now() - signed.at) > MAX_CLOCK_SKEW:
            raise _unmatched("Signature expired: the request's time is too far from this machine's.")
        payload_hash = hashlib.sha256(body).hexdigest()
        if not signatures.matches(request, signed, caller, presigned=False, payload_hash=payload_hash):
            raise _unmatched(SIGNATURE_MISMATCH)
        return caller


def _read(request: Request) -> bytes:
    try:
        body = request.body.read_all(_LARGEST)
    except OSError:
        body = None
    if body is None:
        raise _Refused("SerializationException", "InvalidRequest", "The body is cut off or too large.")
    return body


def _lacking(caller: Caller, service: str, operation: str, body: bytes) -> str | None:
    if caller.statements is None:
        return None  # the owner's need not even be readable: the service itself says what is wrong
    try:
        payload = json.loads(body or b"{}")
    except ValueError:
        payload = None
    return caller.refusal(
        required_permissions(service, operation, payload if isinstance(payload, dict) else {})
    )


def _unmatched(message: str) -> _Refused:
    return _Refused("InvalidSignatureException", "SignatureDoesNotMatch", message)


def service_of(request: Request) -> str | None:
    """Name the service that is asked, from target or signature; None means S3."""
    target = request.headers.get("x-amz-target", "").partition(".")[0]
    if target in _TARGETS:
        return _TARGETS[target]
    authorization = request.headers.get("authorization", "")
    credential = authorization.partition("Credential=")[2].partition(",")[0].split("/")
    named = credential[-2] if len(credential) > 2 else "s3"
    return None if named == "s3" else named


def _refusal(service: str, refused: _Refused) -> Response:
    if service != "sqs":
        document = {"__type": refused.code, "message": str(refused), "Message": str(refused)}
        if service == "rekognition":
            document |= {"Code": refused.code, "Logref": str(uuid.uuid4())}
        return _json(400, service, document)
    response = _json(
        403, service, {"__type": f"com.amazonaws.sqs#{refused.sqs_code}", "message": str(refused)}
    )
    return response.with_headers({"x-amzn-query-error": f"{refused.sqs_code};Sender"})


def _json(status: int, service: str, document: Mapping[str, Any]) -> Response:
    headers = {
        "Content-Type": f"application/x-amz-json-1.{int(service == 'rekognition')}",
        "x-amzn-RequestId": str(uuid.uuid4()),
    }
    return Response(status, headers, json.dumps(document).encode())
