"""An imitation of AWS on 127.0.0.1, for commands that deploy: set AWS_ENDPOINT_URL to its address.

CloudFormation is imitated in this folder, and really changes the resources that later commands touch. The
other services are moto's, with what it doesn't check added. Every call is logged.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.aws.endpoint import AwsRequestHandler
from local.aws.http import Request, Response, S3Resource
from local.aws.moto_apps import Moto
from local.server import Server
from tests.deploy.imitation.calls import Call, parse_call
from tests.deploy.imitation.cloudformation import CloudFormation
from tests.deploy.imitation.errors import AwsError
from tests.deploy.imitation.gaps import Gaps
from tests.deploy.imitation.services import ACCESS_KEY as CLOUDFORMATION_KEY
from tests.deploy.imitation.services import Services

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ACCESS_KEY = "AKIAREHEARSAL0000000"
EXPIRED_KEY = "ASIAREHEARSAL0000000"
MAX_BODY_BYTES = 256 << 20

_UNKNOWN_KEY = {  # by protocol
    "query": ("InvalidClientTokenId", "The security token included in the request is invalid."),
    "json": ("UnrecognizedClientException", "The security token included in the request is invalid."),
    "rest-xml": ("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."),
}
_EXPIRED = {
    "query": ("ExpiredToken", "The security token included in the request is expired"),
    "json": ("ExpiredTokenException", "The security token included in the request is expired"),
    "rest-xml": ("ExpiredToken", "The provided token has expired."),
}
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Refusal:
    service: str
    operation: str
    parameters: Mapping[str, Any]
    error: AwsError

    def matches(self, call: Call) -> bool:
        is_same = (self.service, self.operation) == (call.service, call.operation)
        return is_same and self.parameters.items() <= call.parameters.items()


class Imitation:
    """A WSGI application. moto's state belongs to the process, so there can be one at a time."""

    def __init__(self) -> None:
        self._server = Server("127.0.0.1", 0, "the port", AwsRequestHandler)
        self.url = self._server.url
        self.calls: list[Call] = []
        self.errors: list[Exception] = []  # of the imitation itself: a test that causes one proves nothing
        self._refusals: list[_Refusal] = []
        self._services = Services(self.url)
        self._moto = Moto()
        self._gaps = Gaps(self._services)
        self._regions: dict[str, CloudFormation] = {}

    def __enter__(self) -> Imitation:
        self._server.serve(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def cloudformation(self, region: str) -> CloudFormation:
        return self._regions.setdefault(region, CloudFormation(region, self._services))

    @property
    def projects(self) -> list[dict[str, Any]]:
        """The projects of Rekognition Custom Labels, as DescribeProjects lists them."""
        return self._gaps.projects

    def client(self, service: str, region: str) -> Any:
        """Return a client whose calls aren't logged, to prepare and to look at a test's state."""
        return self._services.client(service, region)

    def refuse_once(self, service: str, operation: str, error: AwsError, **parameters: Any) -> None:
        """Answer the next call of an operation that has these parameters with an error."""
        self._refusals.append(_Refusal(service, operation, parameters, error))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request.from_environ(environ)
        try:
            response = self._handle(request)
        except Exception as error:
            _LOG.exception("%s %s failed", request.method, request.path)
            self.errors.append(error)
            response = Response(501, body=repr(error).encode())  # not retried by clients
        start_response(f"{response.status} ", list(response.headers.items()))
        return [response.body]

    def _handle(self, request: Request) -> Response:
        body = request.body.read_all(MAX_BODY_BYTES) or b""
        call = parse_call(request, body)
        if call.access_key != CLOUDFORMATION_KEY:
            self.calls.append(call)
        try:
            result = self._answer(call)
        except AwsError as error:
            return call.respond(error)
        if result is not None:
            return call.respond(result)
        if call.service == "s3":
            return self._moto.call_s3(
                request.method, S3Resource.from_request(request), request.query, request.headers, body
            )
        return self._moto.forward(request, body)

    def _answer(self, call: Call) -> Mapping[str, Any] | None:
        """Return the result of a call, or None if moto answers it. Raises AwsError."""
        if call.access_key == EXPIRED_KEY:
            raise AwsError(*_EXPIRED[call.protocol])
        if call.access_key not in (ACCESS_KEY, CLOUDFORMATION_KEY):
            raise AwsError(*_UNKNOWN_KEY[call.protocol])
        for refusal in self._refusals:
            if call.access_key == ACCESS_KEY and refusal.matches(call):
                self._refusals.remove(refusal)
                raise refusal.error
        if call.service == "cloudformation":
            return self.cloudformation(call.region).call(call.operation, call.parameters)
        return self._gaps.handle(call)
