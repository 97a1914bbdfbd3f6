"""HTTP requests as calls of AWS operations, and results as HTTP responses, by botocore's service models."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.core.errors import COMMON_ERROR_CODES
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request as MotoRequest
from moto.core.request import determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import get_serializer_class
from werkzeug.datastructures import Headers

from local.aws.http import Request, Response
from local.aws.signatures import CredentialScope, parse_header
from tests.deploy.imitation.errors import AwsError

_FILE_CONTENTS = "Body"  # of S3 objects; everything else is small enough to log
_FORBIDDEN = 403
_FORBIDDEN_CODES = re.compile(
    "AccessDenied|ExpiredToken|Invalid(ClientTokenId|AccessKeyId)|UnrecognizedClient"
)


@dataclass(frozen=True)
class Call:
    """One call of an operation, as the service receives it."""

    service: str
    operation: str
    region: str
    parameters: Mapping[str, Any]
    access_key: str = field(repr=False)
    model: Any = field(repr=False, compare=False)
    protocol: str = field(repr=False)

    def respond(self, result: Mapping[str, Any] | AwsError) -> Response:
        """Encode the result of the operation, or an error, for the client."""
        if isinstance(result, AwsError):  # moto warns about codes that all services have, and no model names
            COMMON_ERROR_CODES.append(result.code)
        serializer = get_serializer_class(self.service, self.protocol)(self.model)
        encoded = serializer.serialize(result)
        status = encoded["status_code"]
        if isinstance(result, AwsError) and _FORBIDDEN_CODES.match(result.code):
            status = _FORBIDDEN
        body = encoded["body"]
        return Response(
            status, Headers(encoded["headers"]), body if isinstance(body, bytes) else body.encode()
        )


def parse_call(request: Request, body: bytes) -> Call:
    """Find out which operation is called. Raises werkzeug's NotFound if no service has it."""
    scope = _scope(request)
    url = f"http://{request.host}{request.path}" + (f"?{request.query}" if request.query else "")
    raw = MotoRequest.from_primitives(request.method, url, request.headers, body)
    model, uri_parameters = get_service_router(scope.service).match(raw)
    protocol = determine_request_protocol(model.service_model, raw.content_type)
    parameters = PROTOCOL_PARSERS[protocol](model).parse(
        {
            "method": request.method,
            "values": raw.values,
            "headers": raw.headers,
            "body": body,
            "url_path": request.path,
            "url_params": uri_parameters,
        }
    )
    parameters.pop(_FILE_CONTENTS, None)
    return Call(scope.service, model.name, scope.region, parameters, scope.access_key, model, protocol)


def _scope(request: Request) -> CredentialScope:
    signature = parse_header(request)
    if signature is None:
        raise ValueError(f"{request.method} {request.path} isn't signed, but all calls of a deployment are.")
    return signature.scope
