"""One measurement: pictures through the whole local stack, one step at a time, and what each step uses."""

from __future__ import annotations

import functools
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import mean, median
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from bench.usage.engine import Engine
from bench.usage.meter import CLIENT, Meter, metering
from bench.usage.picture import draw
from bench.usage.surroundings import describe_functions
from bench.usage.units import item_bytes
from bench.usage.workers import cpu_milliseconds
from glimpse import ImageFile
from local.cloudwatch.cloudwatch import CloudWatch
from local.http import send
from local.lambda_.functions import load_functions
from local.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from local.logs import Log

# The counts of these are the same in each run; the others depend on the machine, or vary by a few bytes.
EXACT = (
    "invocations",
    "apiRequests",
    "s3Writes",
    "s3Reads",
    "s3Deletes",
    "writeUnits",
    "readUnits",
    "listUnits",
    "dynamodbRequests",
    "sqsRequests",
    "rekognitionCalls",
)
_LOG_EVENT_BYTES = 26  # that CloudWatch Logs adds to each; see PutLogEvents in its API reference
Counts = dict[str, float]
Step = dict[str, Counts]  # by caller
# A number with zeros at its end is stored in fewer bytes, and some days end at such a time.
_LONG_EXPIRY = {"expiresAt": {"N": "1234567891"}}


@dataclass
class Measurement:
    """What the steps of the pictures used, and what is stored of one of them."""

    steps: dict[str, Step] = field(default_factory=dict)  # each once
    listed: int = 0  # pictures in the step `list`
    objects: dict[str, int] = field(default_factory=dict)  # bytes
    items: dict[str, int] = field(default_factory=dict)  # of a picture, without what several share
    metrics: set[str] = field(default_factory=set)
    logs: dict[str, Counts] = field(default_factory=dict)  # per invocation of a function
    functions: dict[str, dict[str, Any]] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)


class _Run:
    """A running stack, and alice as the person who uses it."""

    def __init__(self, stack: Stack, meter: Meter, result: Measurement) -> None:
        self.stack, self.meter, self.result = stack, meter, result
        self._token = stack.token("alice")
        self._functions = load_functions(stack.template).values()
        self._handlers = {each.handler: each.id for each in self._functions}
        self._cpu, self._invocations = self.cpu(), self.invocations()
        self.samples: defaultdict[str, list[Step]] = defaultdict(list)

    def cpu(self) -> Counts:
        return dict(cpu_milliseconds(self._handlers))

    def invocations(self) -> Counts:
        """Return how often each function was invoked so far, as CloudWatch counts it."""
        ids = {each.name: each.id for each in self._functions}
        return {
            ids[metric["dimensions"]["FunctionName"]]: metric["sum"]
            for metric in self.stack.cloudwatch.metrics()["metrics"]
            if metric["namespace"] == "AWS/Lambda" and metric["name"] == "Invocations"
        }

    def end_step(self, name: str) -> None:
        """Add what was used since the last step to the samples of a step. An empty name discards it."""
        used, cpu, invocations = self.meter.take(), self.cpu(), self.invocations()
        for function, count in invocations.items():
            if invoked := count - self._invocations.get(function, 0):
                counts = used.setdefault(function, {})
                counts["invocations"] = invoked
                counts["cpuMilliseconds"] = cpu.get(function, 0) - self._cpu.get(function, 0)
        self._cpu, self._invocations = cpu, invocations
        if name:
            self.samples[name].append(used)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self._token}"}
        response = send(method, self.stack.api_url + path, json=body, headers=headers)
        response.raise_for_status()
        sent = int(response.headers["Content-Length"])  # compressed, as for a browser
        self.meter.add(CLIENT, apiRequests=1, responseBytes=sent)
        return response.json()

    def list(self, name: str, path: str, calls: int) -> Any:
        """Add a step that reads a list. Return the response."""
        for _ in range(calls):
            response = self.call("GET", path)
            self.end_step(name)
        return response

    def picture(self, content: bytes, *, counted: bool = True) -> str:
        """Upload a picture, have it recognized, and look at it, as the page does. Return its id."""
        request = ImageFile.from_bytes("picture.jpg", content).request
        upload = self.call("POST", "/uploads", request)["upload"]
        self.end_step("upload" if counted else "")
        path = f"/images/{request['sha256']}"
        self.call("GET", path)
        self.end_step("poll" if counted else "")
        self._recognize(upload, content)
        self.end_step("recognize" if counted else "")
        links = self.call("GET", path)["links"]
        self.end_step("result" if counted else "")
        for name in ("preview", "thumbnail"):
            send("GET", links[name]).raise_for_status()
        self.end_step("pictures" if counted else "")
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
        own = [item_bytes(item | _LONG_EXPIRY) for item in items if item["sk"]["S"].endswith(image_id)]
        self.result.items = {"count": len(own), "bytes": sum(own)}


def summarize(samples: Sequence[Step]) -> Step:
    """Return the usual counts of a step.

    The median of what is counted: a new minute of a rate limit, or the retry of a slow request, isn't usual.
    The mean of times and sizes, because CPU time is counted in ticks.
    """
    kinds = {(caller, kind) for sample in samples for caller, counts in sample.items() for kind in counts}
    step: Step = {}
    for caller, kind in sorted(kinds):
        values = [sample.get(caller, {}).get(kind, 0) for sample in samples]
        step.setdefault(caller, {})[kind] = median(values) if kind in EXACT else mean(values)
    return step


def measure(
    parameters: Mapping[str, str], *, names: int = 30, pictures: int = 1, calls: int = 1
) -> Measurement:
    """Measure pictures with `names` label names, after one that isn't counted.

    `calls` is how often each list is read: CPU time is counted in ticks of 10 ms.
    """
    result = Measurement()
    engine = type("SizedEngine", (Engine,), {"names": names})
    written = Meter({})  # the lines of the log; they arrive later than the steps that they are about
    stack = Stack(
        parameters=parameters,
        speedup=1,  # otherwise a slow machine would renew leases, which are shorter
        schedules=False,
        engine=engine,
        log=lambda name, line: None,
        concurrency=1,
    )
    with ExitStack() as cleanup:
        cleanup.enter_context(_counting_lines(written))
        cleanup.enter_context(stack)
        stack.functions.wait_until_warm()
        functions = load_functions(stack.template)
        meter = cleanup.enter_context(metering(stack, functions))
        written.take()
        run = _Run(stack, meter, result)
        invoked = run.invocations()
        result.functions = describe_functions(stack, run.cpu())
        result.parameters = {
            name: stack.template.parameters[name] for name in ("RetentionDays", "LogRetentionDays")
        }
        run.picture(draw(0), counted=False)
        for number in range(1, pictures + 1):
            image_id = run.picture(draw(number))
        result.listed = len(run.list("list", "/images?limit=60", calls)["images"])
        run.call("GET", "/labels")  # the first one in a process also reads the labels' categories
        run.end_step("")
        run.list("labels", "/labels", calls)
        stack.functions.invoke("RecoveryFunction", {})
        run.end_step("recover")
        result.steps = {name: summarize(samples) for name, samples in run.samples.items()}
        run.store_sizes(image_id)
        result.metrics = _custom_metrics(stack)
        invoked = {name: count - invoked.get(name, 0) for name, count in run.invocations().items()}
    lines = written.take()
    result.logs = {
        function: {kind: count / invoked[function] for kind, count in lines.get(function, {}).items()}
        for function in invoked
    }
    return result


@contextmanager
def _counting_lines(meter: Meter) -> Iterator[None]:
    """Count what the functions write to the log, with the lines that are metrics."""
    without_metrics = CloudWatch.without_metrics

    @functools.wraps(without_metrics)
    def counting(cloudwatch: CloudWatch, log: Log) -> Log:
        log_others = without_metrics(cloudwatch, log)

        def count(name: str, line: str) -> None:
            meter.add(name, logEvents=1, logBytes=len(line.encode()) + _LOG_EVENT_BYTES)
            log_others(name, line)

        return count

    with patch.object(CloudWatch, "without_metrics", counting):
        yield


def _custom_metrics(stack: Stack) -> set[str]:
    """Return the names of the stack's own metrics, each with the values of its dimensions."""
    return {
        ":".join([metric["name"], *metric["dimensions"].values()])
        for metric in stack.cloudwatch.metrics()["metrics"]
        if not metric["namespace"].startswith("AWS/")
    }
