"""The event that a change of an image's record is (docs/event.schema.json), if it is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog.bodies import label_bodies
from catalog.items import labels_of
from common.object_keys import result_key, upload_key
from common.time import format_rfc3339, parse_rfc3339

if TYPE_CHECKING:
    from datetime import datetime

    from catalog.table import Item
    from publisher.changes import RecordChange

VERSION = 1
_FINISHED = ("done", "failed")


@dataclass(frozen=True)
class ImageEvent:
    """What became of an image."""

    status: str  # done, failed or deleted
    time: datetime
    detail: dict[str, Any]


@dataclass(frozen=True)
class Origin:
    """What all events of a stack have in common."""

    stack: str
    output_bucket: str

    def event_of(self, change: RecordChange) -> ImageEvent | None:
        """Return the event of a change, or None for one that consumers needn't know of.

        An image is deleted as soon as its record is marked, because nobody can see it anymore: the removal
        that follows is no event. A record that is removed without a mark has expired or was erased. Nobody
        can tell from a pending record whether it was finished before, so its removal is an event, too.
        """
        old, new = _visible(change.old), _visible(change.new)
        if new is None:
            return self._deleted(change) if old else None
        if new["status"] not in _FINISHED or _outcome(old) == _outcome(new):
            return None
        return self._finished(change, new)

    def _finished(self, change: RecordChange, new: Item) -> ImageEvent:
        status, processed_at = new["status"], new.get("processedAt")
        time = parse_rfc3339(processed_at) if processed_at else change.time
        detail = self._detail(change, status, time)
        if status == "done":
            detail |= {"labels": label_bodies(labels_of(new)), "flags": list(new.get("flags", ()))}
        if "reason" in new:
            detail["reason"] = {name: new["reason"][name] for name in ("code", "message")}
        key = result_key(upload_key(change.owner, change.id))
        detail |= {"resultBucket": self.output_bucket, "resultKey": key}
        return ImageEvent(status, time, detail)

    def _deleted(self, change: RecordChange) -> ImageEvent:
        detail = self._detail(change, "deleted", change.time)
        detail["cause"] = "expired" if change.is_expiry else "deleted"
        return ImageEvent("deleted", change.time, detail)

    def _detail(self, change: RecordChange, status: str, time: datetime) -> dict[str, Any]:
        return {
            "version": VERSION,
            "stack": self.stack,
            "owner": change.owner,
            "id": change.id,
            "status": status,
            "sequence": change.sequence,
            "time": format_rfc3339(time),
        }


def _visible(item: Item | None) -> Item | None:
    """Return the item of a record that isn't being deleted."""
    return item if item and "deletingSince" not in item else None


def _outcome(item: Item | None) -> tuple[Any, Any] | None:
    """Return what distinguishes one completion or failure of an image from another."""
    return (item["status"], item.get("processedAt")) if item else None
