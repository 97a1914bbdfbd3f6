"""EventBridge's PutEvents: checks entries as EventBridge does, and passes on the events that it accepts."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from local.template.names import ACCOUNT, REGION, arn

Event = dict[str, Any]  # as EventBridge delivers it: with version, id, detail-type, source, …

# The limits of a request, in the API reference of PutEvents
_MAX_ENTRIES, _MAX_BYTES = 10, 262_144
_TIME_BYTES = 14  # of an entry that has a time, as EventBridge calculates its size
_REQUIRED = ("Source", "DetailType", "Detail")


class InvalidEntries(Exception):
    """EventBridge refuses the whole request; the message is its own."""


def bus_arns(payload: Mapping[str, Any]) -> list[str]:
    """Return the ARN of each bus that a request names, by name or ARN; the default one if it names none."""
    names = dict.fromkeys(str(entry.get("EventBusName") or "default") for entry in payload["Entries"])
    return [name if name.startswith("arn:") else arn("events", f"event-bus/{name}") for name in names]


def put_events(payload: Mapping[str, Any], now: datetime, deliver: Callable[[Event], None]) -> dict[str, Any]:
    """Pass on the events of a request, and return the response. Raises InvalidEntries.

    The entries that are refused are named in the response, by their place.
    """
    entries = payload["Entries"]
    _check_request(entries)
    answers = [_put(entry, now, deliver) for entry in entries]
    return {"FailedEntryCount": sum("ErrorCode" in answer for answer in answers), "Entries": answers}


def _check_request(entries: Sequence[Mapping[str, Any]]) -> None:
    limit = "greater than or equal to 1" if not entries else f"less than or equal to {_MAX_ENTRIES}"
    if not 1 <= len(entries) <= _MAX_ENTRIES:
        raise InvalidEntries(
            "1 validation error detected: Value at 'entries' failed to satisfy constraint: "
            f"Member must have length {limit}"
        )
    if sum(map(_size, entries)) > _MAX_BYTES:
        raise InvalidEntries("Total size of the entries in the request is over the limit.")


def _put(entry: Mapping[str, Any], now: datetime, deliver: Callable[[Event], None]) -> dict[str, str]:
    for name in _REQUIRED:
        if not entry.get(name):
            reason = f"Parameter {name} is not valid. Reason: {name} is a required argument."
            return {"ErrorCode": "InvalidArgument", "ErrorMessage": reason}
    if entry["Source"].startswith("aws."):  # reserved for AWS's own services
        return {"ErrorCode": "NotAuthorizedForSource", "ErrorMessage": "Not authorized for the source."}
    try:
        detail = json.loads(entry["Detail"])
    except (ValueError, RecursionError):  # RecursionError: deeply nested brackets
        detail = None
    if not isinstance(detail, dict):
        return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    event_id = str(uuid.uuid4())
    time = datetime.fromtimestamp(entry["Time"], UTC) if "Time" in entry else now
    deliver(
        {
            "version": "0",
            "id": event_id,
            "detail-type": entry["DetailType"],
            "source": entry["Source"],
            "account": ACCOUNT,
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": REGION,
            "resources": entry.get("Resources", []),
            "detail": detail,
        }
    )
    return {"EventId": event_id}


def _size(entry: Mapping[str, Any]) -> int:
    texts = [*(entry.get(name) or "" for name in _REQUIRED), *entry.get("Resources", [])]
    return sum(len(text.encode()) for text in texts) + (_TIME_BYTES if "Time" in entry else 0)
