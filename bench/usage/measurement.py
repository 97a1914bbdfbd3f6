"""One measurement: pictures through the whole local stack, one step at a time, and what each step uses."""

from __future__ import annotations

import functools
import json
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from bench.usage.engine import Engine
from bench.usage.meter import CLIENT, Meter, metering
from bench.usage.picture import draw
from bench.usage.surroundings import describe_functions
from bench.usage.units import item_bytes
from bench.usage.workers import cpu_milliseconds
from local.client import send, upload_request
from local.lambda_.functions import load_functions
from local.lambda_.pool import EnvironmentPool
from local.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# The counts of these are the same in each run; the others depend on the machine, or vary by a few bytes.
EXACT = (
    "invocations",
    "apiRequests",
    "s3Writes",
    "s3Reads",
    "s3Deletes",
    "writeUnits",
    "readUnits",
    "dynamodbRequests",
    "sqsRequests",
    "rekognitionCalls",
)
_LOG_EVENT_BYTES = 26  # that CloudWatch Logs adds to each; see PutLogEvents in its API reference
Counts = dict[str, float]
Step = dict[str, Counts]  # by caller


@dataclass
class Measurement:
    """What the steps of the pictures used, and what is stored of one of them."""

    steps: dict[str, Step] = field(default_factory=dict)  # each once
    listed: int = 0  # pictures in the step `list`
    objects: dict[str, int] = field(default_factory=dict)  # bytes
    items: dict[str, int] = field(default_factory=dict)  # of a picture, without what several share
    label_count_bytes: int = 0  # of the count of one label
    metrics: set[str] = field(default_factory=set)
    logs: dict[str, Counts] = field(default_factory=dict)  # per invocation of a function
    functions: dict[str, dict[str, Any]] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)


class _Run:
    """A running stack, and alice as the person who uses it."""

    def __init__(self, stack: Stack, meter: Meter, result: Measurement) -> None:
        self.stack, self.meter, self.result = stack, meter, result
        self._token = stack.token("alice")
        self._handlers = {each.handler: each.id for each in load_functions(stack.template).values()}
        self._cpu = self.cpu()

    def cpu(self) -> Counts:
        return dict(cpu_milliseconds(self._handlers))

    def end_step(self, name: str, divisor: int = 1) -> None:
        """Add what was used since the last step to a step's counts. An empty name discards it."""
        used, cpu = self.meter.take(), self.cpu()
        for function in cpu:
            if function in used:
                used[function]["cpuMilliseconds"] = cpu[function] - self._cpu.get(function, 0)
        self._cpu = cpu
        if not name:
            return
        step = self.result.steps.setdefault(name, {})
        for caller, counts in used.items():
            total = step.setdefault(caller, {})
            for kind, count in counts.items():
                total[kind] = total.get(kind, 0) + count / divisor

    def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self._token}"}
        response = send(method, self.stack.api_url + path, json=body, headers=headers)
        response.raise_for_status()
        self.meter.add(CLIENT, apiRequests=1, responseBytes=len(response.content))
        return response.json()

    def picture(self, content: bytes, share: int) -> str:
        """Upload a picture, have it recognized, and look at it, as the page does. Return its id."""
        request = upload_request("picture.jpg", content)
        upload = self.call("POST", "/uploads", request)["upload"]
        self.end_step("upload" if share else "", share or 1)
        path = f"/images/{request['sha256']}"
        self.call("GET", path)
        self.end_step("poll" if share else "", share or 1)
        self._recognize(upload, content)
        self.end_step("recognize" if share else "", share or 1)
        links = self.call("GET", path)["links"]
        self.end_step("result" if share else "", share or 1)
        for name in ("preview", "thumbnail"):
            send("GET", links[name]).raise_for_status()
        self.end_step("pictures" if share else "", share or 1)
        return str(request["sha256"])

    def _recognize(self, upload: Mapping[str, Any], content: bytes) -> None:
        events: list[tuple[Any, ...]] = []
        with patch.object(self.stack.functions, "invoke_async", lambda *event: events.append(event)):
            response = send(upload["method"], upload["url"], data=content, headers=upload["headers"])
            response.raise_for_status()
        for function_id, event, _ in events:  # now and not in the background, so that its end is known
            result = self.stack.functions.invoke(function_id, event)
            if result.failed:
                raise RuntimeError(result.error)

    def store_sizes(self, image_id: str) -> None:
        """Note what is stored of a picture."""
        s3, dynamodb = self.stack.client("s3"), self.stack.client("dynamodb")
        outputs = self.stack.template.outputs
        for each in s3.list_objects_v2(Bucket=outputs["OutputBucketName"])["Contents"]:
            if image_id in each["Key"]:
                self.result.objects[each["Key"].rpartition(image_id)[2].lstrip(".")] = each["Size"]
        items = [
            item
            for page in dynamodb.get_paginator("scan").paginate(TableName=outputs["CatalogTableName"])
            for item in page["Items"]
        ]
        own = [item_bytes(item) for item in items if item.get("id") == {"S": image_id}]
        self.result.items = {"count": len(own), "bytes": sum(own)}
        counts = [item_bytes(item) for item in items if "lastEntry" in item]
        self.result.label_count_bytes = round(sum(counts) / len(counts))


def measure(parameters: Mapping[str, str], *, names: int = 30, pictures: int = 1) -> Measurement:
    """Measure pictures with `names` label names, after one that isn't counted."""
    result = Measurement()
    engine = type("SizedEngine", (Engine,), {"names": names})
    totals = Meter({})  # of log lines and invocations; lines arrive later than the steps that they are about

    def log(source: str, line: str) -> None:
        totals.add(source, logEvents=1, logBytes=len(line.encode()) + _LOG_EVENT_BYTES)
        result.metrics.update(_metrics(line))

    stack = Stack(
        parameters=parameters,
        speedup=1,  # otherwise a slow machine would renew leases, which are shorter
        schedules=False,
        engine=engine,
        log=log,
        concurrency=1,
    )
    with ExitStack() as cleanup:
        cleanup.enter_context(stack)
        functions = load_functions(stack.template)
        meter = cleanup.enter_context(metering(stack, functions))
        cleanup.enter_context(_counting_invocations(meter, totals))
        totals.take()
        run = _Run(stack, meter, result)
        result.functions = describe_functions(stack, run.cpu())
        result.parameters = {
            name: stack.template.parameters[name] for name in ("RetentionDays", "LogRetentionDays")
        }
        run.picture(draw(0), 0)
        for number in range(1, pictures + 1):
            image_id = run.picture(draw(number), pictures)
        result.listed = len(run.call("GET", "/images?limit=60")["images"])
        run.end_step("list")
        run.call("GET", "/labels")
        run.end_step("labels")
        stack.functions.invoke("RecoveryFunction", {})
        run.end_step("recover")
        run.store_sizes(image_id)
    result.logs = {
        function: {kind: counts.get(kind, 0) / counts["invocations"] for kind in ("logEvents", "logBytes")}
        for function, counts in totals.take().items()
        if "invocations" in counts
    }
    return result


@contextmanager
def _counting_invocations(*meters: Meter) -> Iterator[None]:
    invoke = EnvironmentPool.invoke

    @functools.wraps(invoke)
    def counted(pool: EnvironmentPool, event: Any, request_id: str) -> Any:
        for meter in meters:
            meter.add(pool.function.id, invocations=1)
        return invoke(pool, event, request_id)

    with patch.object(EnvironmentPool, "invoke", counted):
        yield


def _metrics(line: str) -> set[str]:
    """Return the custom metrics of a line in the embedded metric format, each with its dimension's value."""
    if '"_aws"' not in line:
        return set()
    document = json.loads(line)
    return {
        ":".join([metric["Name"], *(str(document[name]) for name in dimensions)])
        for directive in document["_aws"]["CloudWatchMetrics"]
        for metric in directive["Metrics"]
        for dimensions in directive["Dimensions"]
    }
