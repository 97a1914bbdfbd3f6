"""What became of a picture, as the function's return value tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from common.object_keys import result_key, thumbnail_key

if TYPE_CHECKING:
    from catalog.records import LabelSummary
    from common.rejections import Rejection


@dataclass(frozen=True)
class Outcome:
    """Done, failed for good, skipped since there was nothing left to do, or busy: in another invocation."""

    key: str
    status: Literal["done", "failed", "skipped", "busy"]
    labels: tuple[LabelSummary, ...] = ()
    reason: Rejection | None = None
    is_stored: bool = True  # whether a failure has its document

    def body(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        body: dict[str, Any] = {"key": self.key, "status": self.status}
        if self.status == "done":
            body["resultKey"] = result_key(self.key)
            body["thumbnailKey"] = thumbnail_key(self.key)
            body["labels"] = [{"name": label.name, "confidence": label.confidence} for label in self.labels]
        if self.status == "failed" and self.is_stored:
            body["resultKey"] = result_key(self.key)
        if self.reason:
            body["reason"] = {"code": self.reason.code, "message": self.reason.message}
        return body
