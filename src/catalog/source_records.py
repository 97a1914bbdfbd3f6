"""Records of source objects: as they are before anything was read of the object, and where it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.records import ImageRecord
from common.file_names import clean_file_name
from common.formats import media_type_of
from common.object_keys import source_image_id, upload_key

if TYPE_CHECKING:
    from datetime import datetime

    from catalog.records import SourceObject


def source_record(owner: str, source: SourceObject, size: int, uploaded_at: datetime) -> ImageRecord:
    """Return the record to start with: pending, and named by the last segment of the object's key."""
    file_name = clean_file_name(source.key.rpartition("/")[2])
    return ImageRecord(
        owner=owner,
        id=source_image_id(source.bucket, source.key),
        status="pending",
        file_name=file_name,
        content_type=media_type_of(file_name),
        size=size,
        uploaded_at=uploaded_at,
        is_received=True,
        source=source,
    )


def original_of(record: ImageRecord, input_bucket: str) -> tuple[str, str]:
    """Return the bucket and the key of an image's original, which is an upload or a source object."""
    if record.source:
        return record.source.bucket, record.source.key
    return input_bucket, upload_key(record.owner, record.id)
