"""What invokes functions by itself: queues, streams and schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.lambda_.functions import load_event_source_mappings
from local.lambda_.queues import QueuePollers
from local.lambda_.schedules import Scheduler, load_schedules

if TYPE_CHECKING:
    from contextlib import ExitStack

    from mypy_boto3_sqs import SQSClient

    from local.lambda_.invoker import FunctionInvoker
    from local.lambda_.streams import TableStreams
    from local.logs import Log
    from local.template.template import Template


class Triggers:
    """The triggers of a template's functions."""

    def __init__(
        self,
        template: Template,
        sqs: SQSClient,
        functions: FunctionInvoker,
        streams: TableStreams,
        *,
        speedup: float,
        concurrency: int,
        schedules: bool,
        log: Log,
    ) -> None:
        """`speedup` divides times, and `concurrency` is the number of workers that a function may have.

        `schedules` says whether these run.
        """
        self._sqs = sqs
        self._queues = load_event_source_mappings(template)
        most = max(1, concurrency - 1)  # one environment is left for new events
        self._pollers = QueuePollers(sqs, self._queues, functions.invoke, speedup, log, most)
        self._streams = streams
        found = load_schedules(template) if schedules else []
        self._scheduler = Scheduler(found, functions.invoke_async, speedup)

    def discard_messages(self) -> None:
        """Delete the messages that the functions would receive."""
        for mapping in self._queues:
            self._sqs.purge_queue(QueueUrl=self._sqs.get_queue_url(QueueName=mapping.queue)["QueueUrl"])

    def start(self, undo: ExitStack) -> None:
        """Start all, and stop them with `undo`."""
        for trigger in (self._pollers, self._streams, self._scheduler):
            trigger.start()
            undo.callback(trigger.stop)
