"""The EventBridge adapter: sends events to a bus, in order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from common.aws import build_client
from common.logs import error_text, get_logger, log_scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from publisher.events import ImageEvent

SOURCE = "image-recognition"
DETAIL_TYPES = {"done": "Image Done", "failed": "Image Failed", "deleted": "Image Deleted"}
# The limits of a request, in the API reference of PutEvents. An event has at most 1,000 labels: about 100 KB.
MAX_ENTRIES, MAX_BYTES = 10, 262_144
_TIME_BYTES = 14  # of an entry's time, as EventBridge calculates its size
# A request takes at most 22 s: three attempts with two pauses of together 3 s, and some work around them.
_REQUEST_MS = 22_000
_CONFIG = Config(connect_timeout=2, read_timeout=4, retries={"mode": "standard", "total_max_attempts": 3})

_log = get_logger(__name__)


class EventRefused(Exception):
    """The bus didn't accept an event; the message is EventBridge's."""


class EventBus:
    """A bus of EventBridge."""

    def __init__(self, client: Any, name: str) -> None:
        """`client` is botocore's for EventBridge."""
        self._client = client
        self._name = name

    @classmethod
    def from_env(cls, name: str) -> EventBus:
        """Build the client from the function's environment."""
        return cls(build_client("events", _CONFIG), name)

    def send(self, events: Sequence[ImageEvent], remaining_ms: Callable[[], int]) -> int:
        """Send events in order until one isn't accepted, or too little time remains for another request.

        Return how many were accepted before that; those behind one that wasn't may have been accepted as
        well. Raises EventRefused or AWS's own error if not even the first was: then Lambda counts an error.
        """
        sent = 0
        try:
            for entries in _requests([self._entry(event) for event in events]):
                if sent and remaining_ms() < _REQUEST_MS:
                    _log.warning("no time left for more events")
                    break
                for answer in self._client.put_events(Entries=entries)["Entries"]:
                    if "ErrorCode" in answer:
                        raise EventRefused(f"{answer['ErrorCode']}: {answer.get('ErrorMessage')}")
                    _log_sent(events[sent])
                    sent += 1
        except (BotoCoreError, ClientError, EventRefused) as error:
            if not sent:
                raise
            _log.warning("event not accepted", extra={"error": error_text(error)})
        return sent

    def _entry(self, event: ImageEvent) -> dict[str, Any]:
        return {
            "EventBusName": self._name,
            "Source": SOURCE,
            "DetailType": DETAIL_TYPES[event.status],
            "Time": event.time,
            "Detail": json.dumps(event.detail, ensure_ascii=False, separators=(",", ":")),
        }


def _requests(entries: Sequence[dict[str, Any]]) -> Iterator[list[Any]]:
    """Divide entries, in order, into requests within the limits."""
    request: list[dict[str, Any]] = []
    size = 0
    for entry in entries:
        entry_size = _size(entry)
        if request and (len(request) == MAX_ENTRIES or size + entry_size > MAX_BYTES):
            yield request
            request, size = [], 0
        request.append(entry)
        size += entry_size
    if request:
        yield request


def _size(entry: dict[str, Any]) -> int:
    return _TIME_BYTES + sum(len(entry[name].encode()) for name in ("Source", "DetailType", "Detail"))


def _log_sent(event: ImageEvent) -> None:
    with log_scope(owner=event.detail["owner"], imageId=event.detail["id"]):
        _log.info("event published", extra={"status": event.status})
