"""The AWS endpoint of the local stack: S3, DynamoDB, SQS, EventBridge and Rekognition behind one address."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.datastructures import Headers

from local.aws.event_bus import Event
from local.aws.failures import failure
from local.aws.http import BASE_HOST, Request, Response, parse_json
from local.aws.iam import Callers, Grant, Permission
from local.aws.json_services import JsonServices, find_service
from local.aws.moto_apps import Moto
from local.aws.notifications import Notifications
from local.aws.object_store import ObjectStore
from local.aws.rekognition_objects import RekognitionObjects
from local.aws.s3_cors import BucketCors
from local.aws.s3_guard import S3Guard
from local.aws.s3_settings import BucketSettings
from local.cloudwatch.cloudwatch import CloudWatch
from local.faults import AnswerLost, Faults
from local.hosts import OwnNames
from local.server import RequestHandler
from local.template.names import ADMIN_KEY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from local.rekognition.service import Rekognition
    from local.template.template import Template

_LOG = logging.getLogger(__name__)
_MAX_SETTINGS_BYTES = 1 << 20


class AwsRequestHandler(RequestHandler, MotoRequestHandler):
    """Keeps underscores in the names of S3 metadata headers, as moto's handler does."""

    # Containers know this machine as host.docker.internal. No public DNS can define names in either zone.
    names = OwnNames({"host.docker.internal"}, suffix=BASE_HOST)


class AwsEndpoint:
    """A WSGI application that enforces the template's roles, CORS rules and notifications.

    moto's state belongs to the process, so a process can have only one endpoint at a time.
    """

    def __init__(
        self,
        template: Template,
        rekognition: Rekognition,
        on_object_created: Callable[[str, dict[str, Any]], None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        faults: Faults | None = None,
        on_event: Callable[[Event], None] = lambda event: None,
        cloudwatch: CloudWatch | None = None,
        secret: bytes | None = None,
        objects: ObjectStore | None = None,
    ) -> None:
        """`on_object_created(function_id, event)` receives S3's events, `on_event` those of EventBridge.

        The functions' credentials are derived from `secret`, or random. `objects` stores the objects of S3.
        Raises UnsupportedPolicy or TemplateError.
        """
        self._parameters = template.parameters
        self._rekognition = rekognition
        self._faults = faults or Faults()
        self._cloudwatch = cloudwatch or CloudWatch()
        self._callers = Callers(template, secret)
        self._moto = Moto()
        notifications = Notifications(template, on_object_created)
        cors, settings = BucketCors(template), BucketSettings(template)
        objects = objects or ObjectStore()
        self.rekognition_objects = RekognitionObjects(self._callers, self._moto, objects)
        self._s3 = S3Guard(self._moto, self._callers, cors, settings, notifications, objects, now)
        self._json_services = JsonServices(self._moto, self._callers, rekognition, now, on_event)

    def credentials_for(self, function_id: str) -> Mapping[str, str]:
        """Return the environment variables with which boto3 uses the function's role."""
        caller = self._callers.for_function(function_id)
        return {"AWS_ACCESS_KEY_ID": caller.access_key, "AWS_SECRET_ACCESS_KEY": caller.secret_key}

    def grants(self) -> Mapping[Grant, frozenset[Permission]]:
        """Return what the functions' roles allow, each with the permissions for which requests used it."""
        return self._callers.grants()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request.from_environ(environ)
        try:
            response = self._handle(request)
        except AnswerLost:
            raise
        except Exception:  # the outermost layer for AWS clients, which expect an AWS error
            _LOG.exception("%s %s failed", request.method, request.path)
            response = failure(request, "s3")
        start_response(f"{response.status} ", list(response.headers.items()))
        return [response.body]

    def _handle(self, request: Request) -> Response:
        if request.path.startswith("/_local/"):  # not a valid bucket name
            return self._handle_control(request)
        service = find_service(request) or "s3"
        # Rekognition has faults of its own.
        is_spared = service == "rekognition" or _is_administrator(request)
        if not is_spared and self._faults.call_fails():
            return failure(request, service)
        response = (
            self._s3.handle(request) if service == "s3" else self._json_services.handle(request, service)
        )
        if not is_spared and self._faults.answer_is_lost():
            raise AnswerLost
        return response

    def _handle_control(self, request: Request) -> Response:
        """Serve the stack's health, parameters, faults, metrics and alarms, for people, tests and tools."""
        if "origin" in request.headers:
            return _json_response(403, {"message": "Web pages can't use this address."})
        match request.method, request.path:
            case "GET", "/_local/health":
                return _json_response(200, {"status": "ok", "parameters": self._parameters})
            case "GET", "/_local/rekognition":
                rekognition = self._rekognition
                return _json_response(
                    200, {"settings": rekognition.settings(), "calls": dict(rekognition.calls())}
                )
            case "PUT", "/_local/rekognition":
                return _configure(request, self._rekognition.configure)
            case "GET", "/_local/faults":
                faults = {"settings": self._faults.settings(), "counts": self._faults.counts()}
                return _json_response(200, faults)
            case "PUT", "/_local/faults":
                return _configure(request, self._faults.configure)
            case "GET", "/_local/metrics":
                return _json_response(200, self._cloudwatch.metrics())
            case "PUT", "/_local/metrics":
                return _configure(request, self._cloudwatch.configure)
            case "GET", "/_local/alarms":
                return _json_response(200, self._cloudwatch.alarms())
        return _json_response(404, {"message": f"{request.method} {request.path} doesn't exist."})


def _configure(request: Request, configure: Callable[[dict[str, Any]], None]) -> Response:
    try:
        changes = parse_json(request.body.read_all(_MAX_SETTINGS_BYTES) or b"")
        if not isinstance(changes, dict):
            raise TypeError("a JSON object is required")
        configure(changes)
    except (ValueError, TypeError, KeyError, OSError) as error:
        return _json_response(400, {"message": f"Invalid settings: {str(error).rstrip('.')}."})
    return _json_response(200, {"status": "ok"})


def _is_administrator(request: Request) -> bool:
    """Return whether a request comes from the stack itself or a tool, which faults leave alone."""
    return f"Credential={ADMIN_KEY}/" in request.headers.get("authorization", "")


def _json_response(status: int, document: Mapping[str, Any]) -> Response:
    headers = Headers({"Content-Type": "application/json"})
    return Response(status, headers, json.dumps(document).encode())
