"""The AWS endpoint of the local stack: S3, DynamoDB, SQS and Rekognition behind one address."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from moto.moto_server.werkzeug_app import MotoRequestHandler

from local.aws.http import Request, Response, S3Resource
from local.aws.iam import Callers, Permission
from local.aws.json_services import JsonServices, find_service
from local.aws.moto_apps import Moto
from local.aws.notifications import Notifications
from local.aws.provision import provision
from local.aws.s3_cors import BucketCors
from local.aws.s3_errors import S3Error
from local.aws.s3_guard import S3Guard
from local.server import RequestHandler, Server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from local.rekognition import Rekognition
    from local.template.template import Template

_LOG = logging.getLogger(__name__)
_MAX_SETTINGS_BYTES = 1 << 20


class _MotoRequestHandler(RequestHandler, MotoRequestHandler):
    """Keeps underscores in the names of S3 metadata headers, as moto's handler does."""


class AwsEndpoint:
    """A WSGI application with the buckets, tables and queues of the template.

    moto's state belongs to the process, so endpoints that run in one process share it.
    """

    def __init__(
        self,
        template: Template,
        rekognition: Rekognition,
        on_object_created: Callable[[str, dict[str, Any]], None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`on_object_created(function_id, event)` receives S3's events. Raises UnsupportedPolicy."""
        self._template = template
        self._rekognition = rekognition
        self._callers = Callers(template)
        self._cors = BucketCors(template)
        self._notifications = Notifications(template, on_object_created)
        self._now = now
        self._moto: Moto | None = None
        self._server: Server | None = None

    def start(self, host: str, port: int) -> str:
        """Serve, create the template's resources and return the URL. Raises AddressError."""
        self._server = Server(host, port, "AWS_PORT", _MotoRequestHandler)
        self._moto = Moto()
        self._s3 = S3Guard(self._moto, self._callers, self._cors, self._notifications, self._now)
        self._json_services = JsonServices(self._moto, self._callers, self._rekognition, self._now)
        self._server.serve(self)
        with ExitStack() as undo:
            undo.callback(self.stop)
            provision(self._template, self._server.url)
            undo.pop_all()
        return self._server.url

    def stop(self) -> None:
        if self._server is not None and self._moto is not None:
            self._server.stop()
            self._moto.close()
            self._server = self._moto = None

    def credentials_for(self, function_id: str) -> Mapping[str, str]:
        """Return the environment variables with which boto3 uses the function's role."""
        caller = self._callers.for_function(function_id)
        return {"AWS_ACCESS_KEY_ID": caller.access_key, "AWS_SECRET_ACCESS_KEY": caller.secret_key}

    def read_object(self, bucket: str, key: str, version: str | None, access_key: str) -> bytes:
        """Read an object for Rekognition, with the caller's permissions. Raises ObjectUnreadable."""
        from local.rekognition import ObjectUnreadable  # imports OpenCV, which only Rekognition needs

        resource = S3Resource.from_key(bucket, key)
        action = "s3:GetObject" if version is None else "s3:GetObjectVersion"
        caller = self._callers.find(access_key)
        if self._moto is None or caller is None or not caller.has(Permission(action, resource.arn)):
            raise ObjectUnreadable(f"{bucket}/{key}")
        query = "" if version is None else f"versionId={version}"
        response = self._moto.call_s3("GET", resource, query)
        if response.status != HTTPStatus.OK:
            raise ObjectUnreadable(f"{bucket}/{key}")
        return response.body

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request.from_environ(environ)
        try:
            response = self._handle(request)
        except Exception:  # the outermost layer for AWS clients, which expect an AWS error
            _LOG.exception("%s %s failed", request.method, request.path)
            error = S3Error("InternalError", "We encountered an internal error. Please try again.")
            response = error.to_response(request.method)
        start_response(f"{response.status} ", list(response.headers.items()))
        return [response.body]

    def _handle(self, request: Request) -> Response:
        if request.path.startswith("/_local/"):  # not a valid bucket name
            return self._handle_control(request)
        service = find_service(request)
        if service is None:
            return self._s3.handle(request)
        return self._json_services.handle(request, service)

    def _handle_control(self, request: Request) -> Response:
        """Serve the health check and Rekognition's settings, for tests and tools."""
        if "origin" in request.headers:
            return _json_response(403, {"message": "Web pages can't use this address."})
        match request.method, request.path:
            case "GET", "/_local/health":
                return _json_response(200, {"status": "ok"})
            case "GET", "/_local/rekognition":
                return _json_response(200, {"calls": dict(self._rekognition.calls())})
            case "PUT", "/_local/rekognition":
                return self._configure_rekognition(request)
        return _json_response(404, {"message": f"{request.method} {request.path} doesn't exist."})

    def _configure_rekognition(self, request: Request) -> Response:
        try:
            changes = json.loads(request.body.read_all(_MAX_SETTINGS_BYTES) or b"")
            if not isinstance(changes, dict):
                raise TypeError("a JSON object is required")
            self._rekognition.configure(changes)
        except (ValueError, TypeError, KeyError) as error:
            return _json_response(400, {"message": f"Invalid settings: {str(error).rstrip('.')}."})
        return _json_response(200, {"status": "ok"})


def _json_response(status: int, document: Mapping[str, Any]) -> Response:
    return Response(status, {"Content-Type": "application/json"}, json.dumps(document).encode())
