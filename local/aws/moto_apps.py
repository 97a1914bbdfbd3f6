"""moto's services as WSGI applications in this process, without moto's own server."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from werkzeug.test import run_wsgi_app

# moto reads this at import. Without it, moto allows every web page to read every response.
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

# moto only requires that a signature is present; callers are authorized before moto is called.
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
_DEFAULT_ENVIRON: dict[str, Any] = {
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


class _RawBodyRequest(BackendRequest):
    """Stores a body as it is even if its content type is that of a form."""

    want_form_data_parsed = False


class Moto:
    """Calls moto, and resets its process-wide state before the first instance and after the last."""

    _instances = 0
    _lock = threading.Lock()

    def __init__(self) -> None:
        make_transactions_isolated()
        self._s3 = create_backend_app("s3")
        self._s3.request_class = _RawBodyRequest
        self._others = DomainDispatcherApplication(create_backend_app)
        with Moto._lock:
            if Moto._instances == 0:  # something else in this process may have used moto
                _reset_state()
            Moto._instances += 1

    def close(self) -> None:
        with Moto._lock:
            Moto._instances -= 1
            if Moto._instances == 0:
                _reset_state()

    def call_s3(
        self,
        method: str,
        resource: S3Resource,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        environ: WSGIEnvironment | None = None,
    ) -> Response:
        """Call moto's S3 with a path-style request. Of `environ`, only values other than headers are used."""
        path = f"/{quote(resource.bucket)}"
        if resource.raw_key:
            path += f"/{quote(resource.key, safe='/~')}"
        kept_query = _without_signature(query)
        uri = f"{path}?{kept_query}" if kept_query else path
        # Flask would normalize slashes and dots in keys, so it routes a placeholder; moto reads RAW_URI.
        placeholder = "/" + "/".join(["bucket"] * bool(resource.bucket) + ["key"] * bool(resource.raw_key))
        s3_environ = _DEFAULT_ENVIRON | {
            name: value
            for name, value in (environ or {}).items()
            if not name.startswith(("HTTP_", "CONTENT_"))
        }
        s3_environ |= {environ_key_for_header(name): value for name, value in (headers or {}).items()}
        s3_environ |= {
            "REQUEST_METHOD": method,
            "PATH_INFO": placeholder,
            "RAW_URI": uri,
            "REQUEST_URI": uri,
            "QUERY_STRING": kept_query,
            "HTTP_HOST": "localhost",
            "HTTP_AUTHORIZATION": _AUTHORIZATION,
        }
        return _run(self._s3, s3_environ, body)

    def forward(self, request: Request, body: bytes) -> Response:
        """Let moto find the service from the request's signature."""
        return _run(self._others, dict(request.environ), body)


def _run(app: WSGIApplication, environ: dict[str, Any], body: bytes) -> Response:
    environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    for name in ("HTTP_TRANSFER_ENCODING", "wsgi.input_terminated"):  # the body has been decoded
        environ.pop(name, None)
    chunks, status, headers = run_wsgi_app(app, environ, buffered=True)
    # moto's CORS headers are not those of the template.
    kept = {name: value for name, value in headers if not name.lower().startswith("access-control-")}
    return Response(int(status.split(" ", 1)[0]), kept, b"".join(chunks))


def _without_signature(query: str) -> str:
    pairs = [pair for pair in query.split("&") if pair]
    return "&".join(pair for pair in pairs if pair.partition("=")[0].lower() not in _SIGNING_PARAMETERS)


def _reset_state() -> None:
    BackendDict.reset()
    reset_model_data()
