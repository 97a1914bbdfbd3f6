"""The condition that a finished record has not changed since it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from common.time import format_rfc3339

if TYPE_CHECKING:
    from catalog.records import ImageRecord


def unchanged(finished: ImageRecord) -> tuple[str, dict[str, Any]]:
    """Return the condition and its values. It fails once the image was reopened, restarted or deleted."""
    values = {
        ":status": finished.status,
        ":uploadedAt": format_rfc3339(finished.uploaded_at),
        ":processedAt": finished.processed_at and format_rfc3339(finished.processed_at),
    }
    return "#status = :status AND uploadedAt = :uploadedAt AND processedAt = :processedAt", values
