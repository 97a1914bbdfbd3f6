"""One address for all of AWS, as `AWS_ENDPOINT_URL` wants it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from moto.moto_server.werkzeug_app import MotoRequestHandler

from local.aws.http import Request, Response, S3Resource
from local.aws.iam import Callers, Permission
from local.aws.json_services import JsonServices, service_of
from local.aws.moto_apps import Moto
from local.aws.notifications import Notifications
from local.aws.provision import provision
from local.aws.resources import Template
from local.aws.s3_cors import BucketCors
from local.aws.s3_errors import S3Error
from local.aws.s3_guard import S3Guard
from local.server import RequestHandler, Server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_LOG = logging.getLogger(__name__)
_LARGEST_SETTINGS = 1 << 20


class _MotoRequestHandler(RequestHandler, MotoRequestHandler):
    """Keeps underscores in the names of S3 metadata headers, as moto's handler does."""


class RekognitionApp(Protocol):
    """What answers the Rekognition calls."""

    def __call__(self, operation: str, payload: bytes, access_key: str) -> tuple[int, dict[str, Any]]: ...
    def configure(self, changes: Mapping[str, Any]) -> None: ...
    def calls(self) -> Mapping[str, int]: ...


class AwsEndpoint:
    """S3, DynamoDB, SQS and Rekognition, holding what the template describes.

    moto's state belongs to the process: endpoints that run in one process at the same time share it.
    """

    def __init__(
        self,
        template: Template,
        rekognition: RekognitionApp,
        on_object_created: Callable[[str, dict[str, Any]], None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._template = template
        self._rekognition = rekognition
        self._callers = Callers(template)
        self._cors = BucketCors(template)
        self._notifications = Notifications(template, on_object_created)
        self._now = now
        self._moto: Moto | None = None
        self._server: Server | None = None

    def start(self, host: str, port: int) -> str:
        """Serve, create buckets, tables and queues, and give the address. Raises AddressError."""
        self._server = Server(host, port, "AWS_PORT", _MotoRequestHandler)
        self._moto = Moto()
        self._s3 = S3Guard(self._moto, self._callers, self._cors, self._notifications, self._now)
        self._json = JsonServices(self._moto, self._callers, self._rekognition, self._now)
        self._server.serve(self)
        url = self._server.url
        with ExitStack() as undo:
            undo.callback(self.stop)
            provision(self._template, url)
            undo.pop_all()
        return url

    def stop(self) -> None:
        if self._server is not None and self._moto is not None:
            self._server.stop()
            self._moto.close()
            self._server = self._moto = None

    def credentials_for(self, function_logical_id: str) -> Mapping[str, str]:
        """Give the environment variables that make boto3 call with the function's role."""
        caller = self._callers.of_function(function_logical_id)
        return {"AWS_ACCESS_KEY_ID": caller.access_key, "AWS_SECRET_ACCESS_KEY": caller.secret_key}

    def read_object(self, bucket: str, key: str, version: str | None, access_key: str) -> bytes:
        """Read an object as Rekognition does, with its caller's permission. Raises ObjectUnreadable."""
        from local.rekognition import (
            ObjectUnreadable,  # not above: it brings OpenCV, which nothing else needs
        )

        resource = S3Resource.from_key(bucket, key)
        action = "s3:GetObject" if version is None else "s3:GetObjectVersion"
        caller = self._callers.with_key(access_key)
        if self._moto is None or caller is None or not caller.may(Permission(action, resource.arn)):
            raise ObjectUnreadable(f"{bucket}/{key}")
        response = self._moto.s3("GET", resource, "" if version is None else f"versionId={version}")
        if response.status != HTTPStatus.OK:
            raise ObjectUnreadable(f"{bucket}/{key}")
        return response.body

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request.of(environ)
        try:
            response = self._answer(request)
        except Exception:  # the edge of the process: a client gets an answer, whatever went wrong in here
            _LOG.exception("%s %s could not be answered", request.method, request.path)
            response = S3Error(
                "InternalError", "We encountered an internal error. Please try again."
            ).to_response(request.method)
        start_response(f"{response.status} ", list(response.headers.items()))
        return [response.body]

    def _answer(self, request: Request) -> Response:
        if request.path.startswith("/_local/"):  # no bucket can be called that
            return self._local(request)
        service = service_of(request)
        return self._s3.handle(request) if service is None else self._json.handle(request, service)

    def _local(self, request: Request) -> Response:
        """Serve this machine's own switches, for tests and tools, not for pages in a browser."""
        if "origin" in request.headers:
            return _plain(403, {"message": "This address is not for web pages."})
        match request.method, request.path:
            case "GET", "/_local/health":
                return _plain(200, {"status": "ok"})
            case "GET", "/_local/rekognition":
                return _plain(200, {"calls": dict(self._rekognition.calls())})
            case "PUT", "/_local/rekognition":
                return self._configure(request)
        return _plain(404, {"message": f"There is no {request.method} {request.path} here."})

    def _configure(self, request: Request) -> Response:
        try:
            changes = json.loads(request.body.read_all(_LARGEST_SETTINGS) or b"")
            if not isinstance(changes, dict):
                raise TypeError("a JSON object is needed")
            self._rekognition.configure(changes)
        except (ValueError, TypeError, KeyError) as error:
            return _plain(400, {"message": f"These settings cannot be used: {str(error).rstrip('.')}."})
        return _plain(200, {"status": "ok"})


def _plain(status: int, document: Mapping[str, Any]) -> Response:
    return Response(status, {"Content-Type": "application/json"}, json.dumps(document).encode())
