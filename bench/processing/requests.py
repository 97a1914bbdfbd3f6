"""The AWS requests of the processor on a running local stack, in order, with their times."""

from __future__ import annotations

import functools
import math
import re
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from local.aws.endpoint import AwsEndpoint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from local.stack import Stack

_CREDENTIAL = re.compile("Credential=([^/%]+)")
_S3_OPERATIONS = {"GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject", "DELETE": "DeleteObject"}


@dataclass
class AwsRequest:
    """A request: such as `s3 GetObject input`, and when it began and ended (`time.perf_counter`)."""

    name: str
    started: float
    ended: float = math.inf


@contextmanager
def recording(stack: Stack, function_id: str) -> Iterator[list[AwsRequest]]:
    """Give the list to which the requests of a function are added within a `with` block, as they begin."""
    key = stack.endpoint.credentials_for(function_id)["AWS_ACCESS_KEY_ID"]
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
