"""The meter: what the functions of a running local stack use, by caller, while it measures.

It patches two entry points of the process for as long as it runs, the AWS endpoint and moto's DynamoDB, so
that neither has to know of it. It carries out one DynamoDB request at a time.
"""

from __future__ import annotations

import functools
import re
import threading
from collections import Counter, defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import patch

from moto.dynamodb.responses import DynamoHandler

from bench.usage.dynamodb import measure
from local.aws.endpoint import AwsEndpoint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from local.stack import Stack

CLIENT = "client"  # the caller of presigned requests
_CREDENTIAL = re.compile("Credential=([^/%]+)")
_LISTS = ("Query", "BatchGetItem")  # whose read units grow with the number of items
_S3_KINDS = {"PUT": "s3Writes", "POST": "s3Writes", "DELETE": "s3Deletes"}  # all others are billed as GET


class Meter:
    """Counts by caller: requests by kind, and DynamoDB's units. Thread-safe.

    The read units of lists are counted apart, as `listUnits`.
    """

    def __init__(self, callers: Mapping[str, str]) -> None:
        """`callers` are the names of those that are counted, by access key."""
        self._callers = callers
        self._lock = threading.Lock()
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def take(self) -> dict[str, dict[str, float]]:
        """Return what was counted since the last time, without zeros."""
        with self._lock:
            counts, self._counts = self._counts, defaultdict(Counter)
        return {
            caller: {kind: count for kind, count in sorted(counts[caller].items()) if count}
            for caller in sorted(counts)
        }

    def add(self, caller: str, **counts: float) -> None:
        """Add to a caller's counts."""
        with self._lock:
            self._counts[caller].update(cast("dict[str, int]", counts))

    def count_request(self, environ: Mapping[str, Any]) -> None:
        """Count a request to the AWS endpoint."""
        query, authorization = environ.get("QUERY_STRING", ""), environ.get("HTTP_AUTHORIZATION", "")
        found = _CREDENTIAL.search(authorization) or _CREDENTIAL.search(query)
        caller = self._callers.get(found[1]) if found else None
        if caller is None:
            return
        service = environ.get("HTTP_X_AMZ_TARGET", "").partition(".")[0]
        match service.partition("_")[0]:
            case "":
                kind = _S3_KINDS.get(environ["REQUEST_METHOD"], "s3Reads")
                self.add(caller if authorization else CLIENT, **{kind: 1})
            case "AmazonSQS":
                self.add(caller, sqsRequests=1)
            case "RekognitionService":
                # Each call reads the object with the caller's permissions, as a request of its own.
                self.add(caller, rekognitionCalls=1, s3Reads=1)


@contextmanager
def metering(stack: Stack, function_ids: Iterable[str]) -> Iterator[Meter]:
    """Count what the functions use within a `with` block."""
    keys = {stack.endpoint.credentials_for(each)["AWS_ACCESS_KEY_ID"]: each for each in function_ids}
    meter, lock = Meter(keys), threading.Lock()
    serve, call_action = AwsEndpoint.__call__, DynamoHandler.call_action

    @functools.wraps(serve)
    def metered_serve(endpoint: AwsEndpoint, environ: Any, start_response: Any) -> Any:
        meter.count_request(environ)
        return serve(endpoint, environ, start_response)

    @functools.wraps(call_action)
    def metered_call_action(handler: DynamoHandler) -> Any:
        found = _CREDENTIAL.search(handler.headers.get("Authorization", ""))
        if not found or found[1] not in keys:
            return call_action(handler)
        operation = handler.headers["X-Amz-Target"].rpartition(".")[2]
        with lock:
            response, units = measure(handler, operation, lambda: call_action(handler))
        read_kind = "listUnits" if operation in _LISTS else "readUnits"
        counts = {"writeUnits": units.write, read_kind: units.read}
        meter.add(keys[found[1]], dynamodbRequests=1, **counts)
        return response

    with (
        patch.object(AwsEndpoint, "__call__", metered_serve),
        patch.object(DynamoHandler, "call_action", metered_call_action),
    ):
        yield meter
