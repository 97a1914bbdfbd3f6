"""What the stack reports to CloudWatch, and what it can be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from local.aws.queue_states import read_queues
from local.cloudwatch.alarms import ITERATOR_AGE, SQS
from local.cloudwatch.embedded import parse_line
from local.cloudwatch.metrics import Datapoint, Metric, MetricStore

if TYPE_CHECKING:
    from local.cloudwatch.alarms import Alarm
    from local.logs import Log


class CloudWatch:
    """Collects metrics, and evaluates alarms on them. Thread-safe."""

    def __init__(
        self,
        alarms: Sequence[Alarm] = (),
        speedup: float = 1,
        stream_ages: Callable[[], Mapping[str, float]] = dict,
    ) -> None:
        """`speedup` divides the times of the stack; the ages of messages are those that AWS would report.

        `stream_ages` returns the age in seconds of the oldest record that waits, by the function's name.
        """
        self._stream_ages = stream_ages
        self._alarms = alarms
        self._speedup = speedup
        self._store = MetricStore()

    def metrics(self) -> dict[str, Any]:
        """Return all metrics with their statistics as JSON."""
        self._read_gauges()
        return self._store.document()

    def alarms(self) -> dict[str, Any]:
        """Return all alarms with their states as JSON."""
        self._read_gauges()
        return {"alarms": [alarm.body(self._store) for alarm in self._alarms]}

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Forget all values if the changes are `{"reset": true}`. Raises ValueError for anything else."""
        if changes.keys() != {"reset"} or changes["reset"] is not True:
            raise ValueError('only {"reset": true} can be set')
        self.reset()

    def reset(self) -> None:
        """Forget all values."""
        self._store.reset()

    def without_metrics(self, log: Log) -> Log:
        """Return a log that takes the metrics out of the lines, and passes on the others."""

        def log_others(name: str, line: str) -> None:
            datapoints = parse_line(line)
            if datapoints is None:
                log(name, line)
            else:
                self._store.add(datapoints)

        return log_others

    def count_invocation(self, function: str, seconds: float, failed: bool) -> None:
        """Report an invocation, as Lambda does."""
        dimensions = {"FunctionName": function}
        self._add("AWS/Lambda", dimensions, "Invocations", 1)
        self._add("AWS/Lambda", dimensions, "Errors", int(failed))
        self._add("AWS/Lambda", dimensions, "Throttles", 0)
        self._add("AWS/Lambda", dimensions, "Duration", seconds * 1000, "Milliseconds")

    def count_throttle(self, function: str) -> None:
        """Report an invocation that was throttled, as Lambda does: by a fault, because events wait here."""
        self._add("AWS/Lambda", {"FunctionName": function}, "Throttles", 1)

    def count_request(self, api: str, seconds: float, status: int) -> None:
        """Report a request to an HTTP API, as API Gateway does."""
        dimensions = {"ApiId": api}
        self._add("AWS/ApiGateway", dimensions, "Count", 1)
        self._add("AWS/ApiGateway", dimensions, "4xx", int(400 <= status < 500))
        self._add("AWS/ApiGateway", dimensions, "5xx", int(status >= 500))
        self._add("AWS/ApiGateway", dimensions, "Latency", seconds * 1000, "Milliseconds")

    def _read_gauges(self) -> None:
        for queue in read_queues():
            dimensions = {"QueueName": queue.name}
            self._add(SQS, dimensions, "ApproximateNumberOfMessagesVisible", queue.visible)
            self._add(SQS, dimensions, "ApproximateNumberOfMessagesNotVisible", queue.in_flight)
            age = queue.age * self._speedup
            self._add(SQS, dimensions, "ApproximateAgeOfOldestMessage", age, "Seconds")
        for function, seconds in self._stream_ages().items():
            milliseconds = seconds * self._speedup * 1000
            namespace, name = ITERATOR_AGE
            self._add(namespace, {"FunctionName": function}, name, milliseconds, "Milliseconds")

    def _add(
        self, namespace: str, dimensions: Mapping[str, str], name: str, value: float, unit: str = "Count"
    ) -> None:
        self._store.add([Datapoint(Metric.of(namespace, name, dimensions), value, unit)])
