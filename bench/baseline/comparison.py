"""Both functions in turn, with the same pictures on the same stack: time, requests, bytes and cost."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import mean
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from bench.baseline.cost import Used
from bench.baseline.function import HANDLER, MEMORY, PROCESSOR, beside_processor
from bench.usage.engine import Engine
from bench.usage.meter import CLIENT, metering
from bench.usage.picture import draw
from bench.usage.workers import cpu_milliseconds
from deploy.cost.usage import MEASURED
from glimpse import ImageFile
from local.aws.endpoint import AwsEndpoint
from local.http import send
from local.lambda_.functions import load_functions
from local.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from local.lambda_.invoker import FunctionInvoker

LATENCY = 200  # ms of an answer of Rekognition, for both
_PRESIGN = "PresignFunction"
_CALLS = ("dynamodbRequests", "s3Writes", "s3Reads", "sqsRequests")


@dataclass
class Side:
    """What the pictures of one of the two functions used, one entry or count for all of them."""

    seconds: list[float] = field(default_factory=list)  # from the end of the upload to the result
    counts: dict[str, dict[str, float]] = field(default_factory=dict)  # by caller, of all pictures
    sent: list[int] = field(default_factory=list)  # bytes between the function and AWS
    stored: list[int] = field(default_factory=list)  # bytes in the output bucket

    def add(self, used: Mapping[str, Mapping[str, float]]) -> None:
        """Add what a picture used."""
        for caller, counts in used.items():
            total = self.counts.setdefault(caller, {})
            for kind, count in counts.items():
                total[kind] = total.get(kind, 0) + count

    @property
    def calls(self) -> float:
        """AWS calls of the functions for a picture; those of Rekognition included, its own reads not."""
        functions = [counts for caller, counts in self.counts.items() if caller != CLIENT]
        return sum(counts.get(kind, 0) for counts in functions for kind in _CALLS) / len(self.seconds)

    def cost(self, memory: Mapping[str, int]) -> float:
        """Return the dollars for 1,000 pictures without Rekognition, with the functions' memory."""
        return sum(
            Used(
                {kind: count / len(self.seconds) for kind, count in counts.items()},
                memory.get(caller, 0),
                MEASURED["logs"].get(caller, {}).get("logBytes", 0) if len(memory) > 1 else 0,
            ).dollars()
            for caller, counts in self.counts.items()
        )


@dataclass(frozen=True)
class Comparison:
    """This project, and the usual sample."""

    ours: Side
    usual: Side

    @property
    def costs(self) -> tuple[float, float]:
        """The dollars for 1,000 pictures without Rekognition and without looking at them: ours, the usual."""
        memory = {name: MEASURED["functions"][name]["memory"] for name in (_PRESIGN, PROCESSOR)}
        return self.ours.cost(memory), self.usual.cost({PROCESSOR: MEMORY})


def compare(pictures: int) -> Comparison:
    """Process pictures of 12 megapixels with each function in turn, after one each that isn't counted."""
    comparison = Comparison(Side(), Side())
    stack = Stack(
        speedup=1,  # otherwise a slow machine would renew leases, which are shorter
        schedules=False,
        engine=Engine,
        log=lambda name, line: None,
        concurrency=1,
    )
    with ExitStack() as cleanup:
        cleanup.enter_context(stack)
        stack.rekognition.configure({"latencyMs": LATENCY})
        run = _Run(stack, cleanup)
        for number in range(pictures + 1):
            content = draw(number)
            for side, process in ((comparison.ours, run.ours), (comparison.usual, run.usual)):
                process(content, Side() if number == 0 else side)
    return comparison


class _Run:
    def __init__(self, stack: Stack, cleanup: ExitStack) -> None:
        self._stack = stack
        self._meter = cleanup.enter_context(metering(stack, load_functions(stack.template)))
        self._usual = cleanup.enter_context(beside_processor(stack))
        self._sent = cleanup.enter_context(_counting_bytes())
        self._token, self._s3 = stack.token("alice"), stack.client("s3")
        self._buckets = {name: stack.template.outputs[f"{name}BucketName"] for name in ("Input", "Output")}
        handler = load_functions(stack.template)[PROCESSOR].handler
        self._handlers = {handler: PROCESSOR, HANDLER: PROCESSOR}
        self._stored: dict[str, int] = {}

    def ours(self, content: bytes, side: Side) -> None:
        """Ask for permission, upload, and let the processor recognize the picture."""
        self._meter.take()
        headers = {"Authorization": f"Bearer {self._token}"}
        body = ImageFile.from_bytes("picture.jpg", content).request
        response = send("POST", f"{self._stack.api_url}/uploads", json=body, headers=headers)
        response.raise_for_status()
        upload = response.json()["upload"]
        self._meter.add(CLIENT, apiRequests=1)
        self._meter.add(_PRESIGN, invocations=1, cpuMilliseconds=_presign_milliseconds())
        with self._capturing() as events:
            put = send(upload["method"], upload["url"], data=content, headers=upload["headers"])
            put.raise_for_status()
        self._recognize(self._stack.functions, events, side)

    def usual(self, content: bytes, side: Side) -> None:
        """Upload as an administrator, and let the sample's function recognize the picture."""
        self._meter.take()
        with self._capturing() as events:
            key = f"usual/{len(side.seconds):05}.jpg"
            self._s3.put_object(Bucket=self._buckets["Input"], Key=key, Body=content)
        self._meter.add(CLIENT, s3Writes=1)
        self._recognize(self._usual, events, side)

    @contextmanager
    def _capturing(self) -> Iterator[list[Any]]:
        """Collect the events of an upload instead of delivering them, to time their processing alone."""
        events: list[Any] = []
        with patch.object(self._stack.functions, "invoke_async", lambda *event: events.append(event[1])):
            yield events

    def _recognize(self, invoker: FunctionInvoker, events: list[Any], side: Side) -> None:
        cpu = cpu_milliseconds(self._handlers)[PROCESSOR]
        self._sent.clear()
        started = time.perf_counter()
        (event,) = events
        result = invoker.invoke(PROCESSOR, event)
        side.seconds.append(time.perf_counter() - started)
        if result.failed:
            raise RuntimeError(result.error)
        used = cpu_milliseconds(self._handlers)[PROCESSOR] - cpu
        self._meter.add(PROCESSOR, invocations=1, cpuMilliseconds=used)
        side.add(self._meter.take())
        side.sent.append(sum(self._sent))
        side.stored.append(self._new_bytes())

    def _new_bytes(self) -> int:
        """Return the bytes that were stored since the last time."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._buckets["Output"])
        sizes = {each["Key"]: each["Size"] for page in pages for each in page.get("Contents", ())}
        new: int = sum(size for key, size in sizes.items() if key not in self._stored)
        self._stored = sizes
        return new


def _presign_milliseconds() -> float:
    return float(MEASURED["steps"]["upload"][_PRESIGN]["cpuMilliseconds"])


@contextmanager
def _counting_bytes() -> Iterator[list[int]]:
    """Collect the lengths of the requests to AWS and of its answers."""
    lengths: list[int] = []
    serve = AwsEndpoint.__call__

    def counting(endpoint: AwsEndpoint, environ: Any, start_response: Any) -> Iterator[bytes]:
        lengths.append(int(environ.get("CONTENT_LENGTH") or 0))
        for chunk in serve(endpoint, environ, start_response):
            lengths.append(len(chunk))
            yield chunk

    with patch.object(AwsEndpoint, "__call__", counting):
        yield lengths


def average(numbers: list[int]) -> float:
    """Return the average in KB."""
    return mean(numbers) / 1000
