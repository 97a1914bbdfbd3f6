"""Lists as the API shows them: pages of images, and the labels of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog.keys import cursor_of
from catalog.records import image_body
from common.object_keys import thumbnail_key, upload_key
from images.service import LINK_SECONDS

if TYPE_CHECKING:
    from catalog.records import ImageRecord
    from images.queries import ListQuery
    from images.service import Service


def view_images(service: Service, owner: str, query: ListQuery) -> dict[str, Any]:
    """Return a page of images, and the cursor of the next one; null at the end."""
    page = service.catalog.page(owner, limit=query.limit, label=query.label, position=query.position)
    return {
        "images": [
            # beside the fields of `image`: a gallery shows all of a page at once
            {**image_body(record), "thumbnailUrl": _thumbnail_url(service, record)}
            for record in page.records
        ],
        "cursor": None if page.position is None else cursor_of(page.position),
    }


def view_labels(service: Service, owner: str) -> dict[str, Any]:
    """Return the labels, most frequent first, and what the month came to so far."""
    month = service.catalog.this_month(owner)
    return {
        "labels": [
            {"name": label.name, "count": label.count} for label in service.catalog.label_counts(owner)
        ],
        "thisMonth": {"images": month.images, "billedCalls": month.billed_calls},
    }


def _thumbnail_url(service: Service, record: ImageRecord) -> str | None:
    if record.status != "done":
        return None
    key = thumbnail_key(upload_key(record.owner, record.id))
    return service.storage.presign_get(service.settings.output_bucket, key, expires_seconds=LINK_SECONDS)
