"""moto's services as WSGI applications in this process, without moto's own server."""

from __future__ import annotations

import os
import resource
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from werkzeug.datastructures import Headers
from werkzeug.test import run_wsgi_app

# moto reads this at import. Without it, moto allows every web page to read every response.
os.environ["MOTO_DISABLE_GLOBAL_CORS"] = "1"
# Larger objects are kept in temporary files, so that photos don't fill the memory.
os.environ["MOTO_S3_DEFAULT_KEY_BUFFER_SIZE"] = str(1 << 20)

from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.core.request import Request as MotoRequest
from moto.dynamodb.models.dynamo_type import Item
from moto.moto_server.werkzeug_app import BackendRequest, DomainDispatcherApplication, create_backend_app
from moto.sqs.models import Message

from local.aws.http import Request, Response, S3Resource
from local.aws.queries import make_queries_read_one_partition
from local.aws.transactions import make_transactions_isolated
from local.template.names import ADMIN_KEY, REGION

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

# moto only requires that a signature is present; callers are authorized before moto is called.
_AUTHORIZATION = f"AWS4-HMAC-SHA256 Credential={ADMIN_KEY}/20000101/{REGION}/s3/aws4_request"

_MAX_OPEN_FILES = 10_000  # each large object has one; many systems allow 256 or 1024 unless asked for more


class _RawBodyRequest(BackendRequest):
    """Stores a body as it is even if its content type is that of a form."""

    want_form_data_parsed = False


class _Untracked(list[Any]):
    """In place of the list in which moto keeps every instance of a model for its dashboard, forever."""

    def append(self, instance: Any) -> None:
        """Let the instance be freed when it's no longer used."""


class Moto:
    """Calls moto. Creating it resets moto's state, which belongs to the process."""

    def __init__(self) -> None:
        _allow_open_files()
        BackendDict.reset()
        reset_model_data()
        models: tuple[Any, ...] = (Item, Message)
        for model in models:
            model.instances_tracked = _Untracked()
        make_transactions_isolated()
        make_queries_read_one_partition()
        self._s3 = create_backend_app("s3")
        self._s3.request_class = _RawBodyRequest
        self._others = DomainDispatcherApplication(create_backend_app)

    def call_s3(
        self,
        method: str,
        resource: S3Resource,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Response:
        """Call moto's S3 with a path-style request."""
        uri = f"/{quote(resource.bucket)}"
        if resource.raw_key:
            uri += f"/{quote(resource.key, safe='/~')}"
        if query:
            uri += f"?{query}"
        # Flask would normalize slashes and dots in keys, so it routes a placeholder; moto reads RAW_URI.
        placeholder = "/" + "/".join(["bucket"] * bool(resource.bucket) + ["key"] * bool(resource.raw_key))
        headers = {**(headers or {}), "host": "localhost", "authorization": _AUTHORIZATION}
        environ = MotoRequest.from_primitives(method, f"http://localhost{placeholder}", headers, body).environ
        return _run(self._s3, environ | {"RAW_URI": uri, "REQUEST_URI": uri, "QUERY_STRING": query})

    def forward(self, request: Request, body: bytes) -> Response:
        """Let moto find the service from the request's signature."""
        url = f"http://{request.host}{request.path}?{request.query}"
        return _run(
            self._others, MotoRequest.from_primitives(request.method, url, request.headers, body).environ
        )


def _run(app: WSGIApplication, environ: WSGIEnvironment) -> Response:
    chunks, status, headers = run_wsgi_app(app, environ, buffered=True)
    # The template's CORS rules apply instead of moto's.
    kept = [(name, value) for name, value in headers if not name.lower().startswith("access-control-")]
    return Response(int(status.split(" ", 1)[0]), Headers(kept), b"".join(chunks))


def _allow_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = _MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _MAX_OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
