"""moto's services, in this process and without its own server around them."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from werkzeug.test import run_wsgi_app

# moto reads it as it is imported, and would else invite every web page to read everything.
os.environ["MOTO_DISABLE_GLOBAL_CORS"] = "1"

from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.core.request import environ_key_for_header
from moto.moto_server.werkzeug_app import BackendRequest, DomainDispatcherApplication, create_backend_app

from local.aws.http import Request, Response, S3Resource
from local.aws.transactions import make_transactions_isolated
from local.template.names import ADMIN_KEY, REGION

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

# moto looks for the presence of a signature alone; who may do what is decided before it is asked.
_AUTHORIZATION = f"AWS4-HMAC-SHA256 Credential={ADMIN_KEY}/20000101/{REGION}/s3/aws4_request"
_SIGNING_PARAMETERS = {
    "x-amz-algorithm",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-expires",
    "x-amz-security-token",
    "x-amz-signature",
    "x-amz-signedheaders",
}

_running = 0
_running_lock = threading.Lock()


class _WholeBody(BackendRequest):
    """An object may well be a form; its bytes are the object all the same."""

    want_form_data_parsed = False


class Moto:
    """S3 by resource and key, the other services by what a signed request says of itself."""

    def __init__(self) -> None:
        make_transactions_isolated()
        self._s3 = create_backend_app("s3")
        self._s3.request_class = _WholeBody
        self._others = DomainDispatcherApplication(create_backend_app)
        _enter()

    def close(self) -> None:
        """Forget everything, if nobody else in this process uses it."""
        _leave()

    def s3(
        self,
        method: str,
        resource: S3Resource,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        environ: WSGIEnvironment | None = None,
    ) -> Response:
        """Let moto's S3 do one operation, addressed by path whatever the request looked like."""
        path = f"/{quote(resource.bucket)}" + (
            f"/{quote(resource.key, safe='/~')}" if resource.raw_key else ""
        )
        kept = _without_signature(query)
        prepared: dict[str, Any] = {
            name: value
            for name, value in (environ or {}).items()
            if not name.startswith(("HTTP_", "CONTENT_"))
        }
        prepared |= {environ_key_for_header(name): value for name, value in (headers or {}).items()}
        prepared |= {
            "REQUEST_METHOD": method,
            # Flask's router would tidy up slashes and dots in keys; it gets to see only the kind of resource,
            # and moto takes the key from RAW_URI.
            "PATH_INFO": "/"
            + "/".join(["bucket"] * bool(resource.bucket) + ["key"] * bool(resource.raw_key)),
            "RAW_URI": f"{path}?{kept}" if kept else path,
            "REQUEST_URI": f"{path}?{kept}" if kept else path,
            "QUERY_STRING": kept,
            "HTTP_HOST": "localhost",
            "HTTP_AUTHORIZATION": _AUTHORIZATION,
            "CONTENT_LENGTH": str(len(body)),
        }
        prepared.pop("HTTP_TRANSFER_ENCODING", None)
        return _run(self._s3, {**_BARE, **prepared}, body)

    def other(self, request: Request, body: bytes) -> Response:
        """Let moto's dispatcher find the service from the signature's scope."""
        environ = {**request.environ, "CONTENT_LENGTH": str(len(body))}
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        return _run(self._others, environ, body)


_BARE: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "SERVER_NAME": "localhost",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.errors": io.StringIO(),
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}


def _run(app: WSGIApplication, environ: dict[str, Any], body: bytes) -> Response:
    environ["wsgi.input"] = io.BytesIO(body)
    environ.pop("wsgi.input_terminated", None)
    pieces, status, headers = run_wsgi_app(app, environ, buffered=True)
    # Whatever moto says about other origins is not what the template says.
    kept = {name: value for name, value in headers if not name.lower().startswith("access-control-")}
    return Response(int(status.split(" ", 1)[0]), kept, b"".join(pieces))


def _without_signature(query: str) -> str:
    pairs = [pair for pair in query.split("&") if pair]
    return "&".join(pair for pair in pairs if pair.partition("=")[0].lower() not in _SIGNING_PARAMETERS)


def _enter() -> None:
    """Start from nothing: moto's state belongs to the process, and may be left over from something else."""
    global _running
    with _running_lock:
        if _running == 0:
            _forget()
        _running += 1


def _leave() -> None:
    global _running
    with _running_lock:
        _running -= 1
        if _running == 0:
            _forget()


def _forget() -> None:
    BackendDict.reset()
    reset_model_data()
