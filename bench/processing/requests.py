"""The AWS requests of the processor on a running local stack, in order, with their times."""

from __future__ import annotations

import functools
import math
import re
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from bench.processing.stack import FUNCTION
from local.aws.endpoint import AwsEndpoint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bench.processing.stack import SlowStack

_CREDENTIAL = re.compile("Credential=([^/%]+)")
_S3_OPERATIONS = {"GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject", "DELETE": "DeleteObject"}


@dataclass
class AwsRequest:
    """A request: such as `s3 GetObject input`, and when it began and ended (`time.perf_counter`)."""

    name: str
    started: float
    ended: float = math.inf


def list_requests(running: SlowStack, pictures: Mapping[str, tuple[str, bytes]]) -> Iterator[str]:
    """Yield a table of the requests for pictures, each given by what it is, its file name and its bytes.

    Rekognition reads the object itself, which isn't listed: that is a request of its own, billed as well.
    """
    counts: dict[str, Counter[str]] = {}
    with recording(running) as requests:
        for kind, (name, content) in pictures.items():
            requests.clear()
            running.send(content, name)
            running.wait_until_idle()
            counts[kind] = Counter(request.name for request in requests)
    yield f"{'requests of the function':<44}" + "".join(f"{kind:>16}" for kind in counts)
    for name in dict.fromkeys(name for count in counts.values() for name in count):
        yield f"{name:<44}" + "".join(f"{count[name] or '':>16}" for count in counts.values())


@contextmanager
def recording(running: SlowStack) -> Iterator[list[AwsRequest]]:
    """Give the list to which the function's requests are added within a `with` block, as they begin."""
    stack = running.stack
    key = stack.endpoint.credentials_for(FUNCTION)["AWS_ACCESS_KEY_ID"]
    buckets = {stack.template.outputs[f"{role.title()}BucketName"]: role for role in ("input", "output")}
    requests: list[AwsRequest] = []
    serve = AwsEndpoint.__call__

    @functools.wraps(serve)
    def recorded(endpoint: AwsEndpoint, environ: Any, start_response: Any) -> Any:
        found = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
        if not found or found[1] != key:
            return serve(endpoint, environ, start_response)
        request = AwsRequest(request_name(environ, buckets), time.perf_counter())
        requests.append(request)
        response = serve(endpoint, environ, start_response)
        request.ended = time.perf_counter()
        return response

    with patch.object(AwsEndpoint, "__call__", recorded):
        yield requests


def request_name(environ: Mapping[str, Any], buckets: Mapping[str, str]) -> str:
    """Return the service, the operation and, for S3, the bucket's role and the kind of object."""
    service, _, operation = environ.get("HTTP_X_AMZ_TARGET", "").partition(".")
    if operation:
        name = re.match("[A-Za-z]+", service.removeprefix("Amazon"))
        return f"{name[0].removesuffix('Service').lower() if name else service} {operation}"
    _, bucket, *key = environ["PATH_INFO"].split("/")
    suffix = "".join(key[-1:]).partition(".")[2]
    role = buckets.get(bucket, bucket)
    return " ".join(filter(None, ("s3", _S3_OPERATIONS[environ["REQUEST_METHOD"]], role, suffix)))
