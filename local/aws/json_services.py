"""DynamoDB, SQS, EventBridge and Rekognition: services that use JSON over POST, selected by X-Amz-Target."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from werkzeug.datastructures import Headers

from local.aws import signatures
from local.aws.event_bus import Event, InvalidEntries, bus_arns, put_events
from local.aws.http import Request, Response, parse_json
from local.aws.iam import Caller, Callers, Permission
from local.aws.moto_apps import Moto
from local.aws.rekognition_permissions import rekognition_permissions
from local.aws.s3_errors import SIGNATURE_MISMATCH
from local.aws.signatures import MAX_CLOCK_SKEW, MalformedSignature
from local.template.names import arn

_MAX_BODY_BYTES = 16 << 20  # DynamoDB's limit, the largest of the four
# The prefix of X-Amz-Target → the service's name in signatures
_SERVICES = {
    "AmazonSQS": "sqs",
    "AWSEvents": "events",
    "DynamoDB_20120810": "dynamodb",
    "RekognitionService": "rekognition",
}
_JSON_1_1 = ("events", "rekognition")  # the version of JSON in their protocol
# In SQS a batch operation requires the permission of the single one.
_SQS_BATCH_ACTIONS = {
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}
_TRANSACTION_ACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}


# SQS uses the codes of its older XML protocol.
_SQS_CODES = {
    "AccessDeniedException": "AccessDenied",
    "InvalidSignatureException": "SignatureDoesNotMatch",
    "MissingAuthenticationTokenException": "MissingAuthenticationToken",
    "SerializationException": "InvalidRequest",
    "UnrecognizedClientException": "InvalidClientTokenId",
}


class _ServiceError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    def to_response(self, service: str) -> Response:
        if service == "sqs":
            code = _SQS_CODES[self.code]
            document = {"__type": f"com.amazonaws.sqs#{code}", "message": str(self)}
            status = 400 if self.code == "SerializationException" else 403
            response = _json_response(status, service, document)
            response.headers["x-amzn-query-error"] = f"{code};Sender"
            return response
        document = {"__type": self.code, "message": str(self), "Message": str(self)}
        if service == "rekognition":
            document |= {"Code": self.code, "Logref": str(uuid.uuid4())}
        return _json_response(400, service, document)


class JsonServices:
    """Verifies signatures and permissions, then passes requests to moto or Rekognition."""

    def __init__(
        self,
        moto: Moto,
        callers: Callers,
        rekognition: Callable[[str, bytes, str], tuple[int, dict[str, Any]]],
        now: Callable[[], datetime],
        on_event: Callable[[Event], None],
    ) -> None:
        """`rekognition(operation, payload, access_key)` returns a status and a document.

        `on_event` receives the events that EventBridge accepts.
        """
        self._moto = moto
        self._callers = callers
        self._rekognition = rekognition
        self._now = now
        self._on_event = on_event

    def handle(self, request: Request, service: str) -> Response:
        """Respond to a request for a service, given by its name in signatures."""
        try:
            return self._serve(request, service)
        except _ServiceError as error:
            return error.to_response(service)

    def _serve(self, request: Request, service: str) -> Response:
        body = _read_body(request)
        caller = self._authenticate(request, service, body)
        _check_encoding(body)
        operation = request.headers.get("x-amz-target", "").rpartition(".")[2]
        _authorize(caller, service, operation, body)
        if (service, operation) == ("events", "PutEvents"):
            return _json_response(200, service, self._put_events(body))
        if service != "rekognition":
            return self._moto.forward(request, body)
        status, document = self._rekognition(operation, body, caller.access_key)
        return _json_response(status, service, document)

    def _put_events(self, body: bytes) -> dict[str, Any]:
        try:
            return put_events(parse_json(body), self._now(), self._on_event)
        except InvalidEntries as error:
            raise _ServiceError("ValidationException", str(error)) from error
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise _invalid_body() from error

    def _authenticate(self, request: Request, service: str, body: bytes) -> Caller:
        try:
            signature = signatures.parse_header(request)
            if signature is None:
                raise _ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token")
            signature.scope.require_service(service)
        except MalformedSignature as error:
            raise _invalid_signature(f"Credential should be scoped correctly: {error}") from error
        caller = self._callers.find(signature.scope.access_key)
        if caller is None:
            raise _ServiceError(
                "UnrecognizedClientException", "The security token included in the request is invalid."
            )
        if abs(self._now() - signature.signed_at) > MAX_CLOCK_SKEW:
            raise _invalid_signature("Signature expired: the request time is too far from the server time.")
        if not signatures.is_valid(signature, request, caller, hashlib.sha256(body).hexdigest()):
            raise _invalid_signature(SIGNATURE_MISMATCH)
        return caller


def find_service(request: Request) -> str | None:
    """Return the name of the requested service, from target or signature. None means S3."""
    target = request.headers.get("x-amz-target", "").partition(".")[0]
    if target in _SERVICES:
        return _SERVICES[target]
    authorization = request.headers.get("authorization", "")
    credential = authorization.partition("Credential=")[2].partition(",")[0].split("/")
    service = credential[-2] if len(credential) > 2 else "s3"
    return None if service == "s3" else service


def _read_body(request: Request) -> bytes:
    try:
        body = request.body.read_all(_MAX_BODY_BYTES)
    except OSError:
        body = None
    if body is None:
        raise _ServiceError("SerializationException", "Incomplete or oversized body.")
    return body


def _check_encoding(body: bytes) -> None:
    try:
        body.decode()
    except UnicodeDecodeError:
        raise _ServiceError("SerializationException", "The body isn't UTF-8 text.") from None


def _authorize(caller: Caller, service: str, operation: str, body: bytes) -> None:
    if caller.statements is None:
        return  # the administrator may send anything; the service itself rejects a malformed body
    try:
        permissions = list(_required_permissions(service, operation, parse_json(body)))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _invalid_body() from error
    denial = caller.denial_message(permissions)
    if denial is not None:
        raise _ServiceError("AccessDeniedException", denial)


def _required_permissions(service: str, operation: str, payload: Mapping[str, Any]) -> Iterator[Permission]:
    """List the permissions that an operation requires for the resources in its payload."""
    if service == "dynamodb":
        yield from _dynamodb_permissions(operation, payload)
        return
    if (service, operation) == ("events", "PutEvents"):
        yield from (Permission("events:PutEvents", bus) for bus in bus_arns(payload))
        return
    if service == "rekognition":
        yield from rekognition_permissions(operation, payload)
        return
    resource = "*"
    if service == "sqs":
        operation = _SQS_BATCH_ACTIONS.get(operation, operation)
        queue = str(payload.get("QueueUrl") or payload.get("QueueName") or "").rpartition("/")[2]
        resource = arn("sqs", queue) if queue else "*"
    yield Permission(f"{service}:{operation}", resource)


def _dynamodb_permissions(operation: str, payload: Mapping[str, Any]) -> Iterator[Permission]:
    if operation in ("TransactWriteItems", "TransactGetItems"):
        for item in payload["TransactItems"]:  # each one requires the permission of its own action
            for name, parameters in item.items():
                action = _TRANSACTION_ACTIONS[name]
                yield Permission(f"dynamodb:{action}", _table_arn(parameters["TableName"]))
    elif operation in ("BatchGetItem", "BatchWriteItem"):
        for table in payload["RequestItems"]:
            yield Permission(f"dynamodb:{operation}", _table_arn(table))
    else:
        index = f"/index/{payload['IndexName']}" if "IndexName" in payload else ""
        yield Permission(f"dynamodb:{operation}", _table_arn(payload.get("TableName", "*")) + index)


def _table_arn(name: str) -> str:
    """Return the ARN for a table's name, which may already be an ARN."""
    return name if name.startswith("arn:") or name == "*" else arn("dynamodb", f"table/{name}")


def _invalid_body() -> _ServiceError:
    return _ServiceError("SerializationException", "The body is not valid for this operation.")


def _invalid_signature(message: str) -> _ServiceError:
    return _ServiceError("InvalidSignatureException", message)


def _json_response(status: int, service: str, document: Mapping[str, Any]) -> Response:
    headers = Headers({"x-amzn-RequestId": str(uuid.uuid4())})
    headers["Content-Type"] = f"application/x-amz-json-1.{int(service in _JSON_1_1)}"
    return Response(status, headers, json.dumps(document).encode())
