"""What happened to an image, for the caller of the processor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from catalog.bodies import label_bodies, reason_body
from common.object_keys import preview_key, result_key, thumbnail_key

if TYPE_CHECKING:
    from catalog.records import LabelSummary, Reason


@dataclass(frozen=True)
class Outcome:
    """What happened to an image.

    `skipped`: it was already processed, deleted or restarted. `busy`: another invocation is processing it.
    `parked`: it waits in the retry queue for Rekognition's quota. `kept`: it couldn't be recognized again,
    for the reason given, and is done with its earlier result.
    """

    key: str
    status: Literal["done", "failed", "skipped", "busy", "parked", "kept"]
    labels: tuple[LabelSummary, ...] = ()
    reason: Reason | None = None
    is_stored: bool = True  # whether there is a document
    seconds: float | None = None  # from the permission to upload until it was first done, if there was one

    def body(self) -> dict[str, Any]:
        """Return the outcome as JSON for the function's return value."""
        body: dict[str, Any] = {"key": self.key, "status": self.status}
        if self.status == "done":
            body["resultKey"] = result_key(self.key)
            body["previewKey"] = preview_key(self.key)
            body["thumbnailKey"] = thumbnail_key(self.key)
            body["labels"] = label_bodies(self.labels)
        if self.status == "failed" and self.is_stored:
            body["resultKey"] = result_key(self.key)
        if self.reason:
            body["reason"] = reason_body(self.reason)
        return body
