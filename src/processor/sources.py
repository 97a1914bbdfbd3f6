"""Sources: images of objects in the source bucket, which are started by their events.

EventBridge delivers events at least once, late and in any order. So an event only says that there was a
version of an object; which one there is now, the object itself tells.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from common.formats import is_picture_name
from common.rejections import INACCESSIBLE
from common.storage import ObjectForbidden, ObjectGone

if TYPE_CHECKING:
    from catalog.catalog import Catalog
    from catalog.records import ImageRecord
    from common.settings import ProcessorSettings
    from common.storage import Storage
    from processor.events import ObjectCreated


@dataclass(frozen=True)
class SourceScope:
    """Where source objects lie: in a bucket, below a prefix."""

    bucket: str
    prefix: str

    @classmethod
    def from_settings(cls, settings: ProcessorSettings) -> SourceScope | None:
        """Return the scope of a stack, or None if it has no source bucket.

        Its own buckets are none: each preview would become an image, with a preview of its own.
        """
        if settings.source_bucket in (None, settings.input_bucket, settings.output_bucket):
            return None
        return cls(settings.source_bucket, settings.source_prefix)

    def __str__(self) -> str:
        return f"{self.bucket}/{self.prefix}" if self.prefix else self.bucket


class Sources:
    """Starts images of source objects. Without a scope, there are none."""

    def __init__(
        self, scope: SourceScope | None, catalog: Catalog, storage: Storage, retention_days: int
    ) -> None:
        self.scope = scope
        self._catalog = catalog
        self._storage = storage
        self._retention_days = retention_days

    def start(self, event: ObjectCreated) -> bool:
        """Start the image of an event about a source object, or reopen it if it is about another version.

        Return whether it is pending since. No image is started of an object that isn't a picture by its name,
        which a back-fill leaves out as well. One that can't be read is left to the try, which says so in the
        record.
        """
        if event.record is None:
            return False
        current = self._current(event.record)
        if current is None:
            return is_picture_name(event.object_key) and self._start(event.record)
        was_inaccessible = current.reason is not None and current.reason.code in INACCESSIBLE
        if current.status == "pending" or (current.source == event.record.source and not was_inaccessible):
            return False
        try:
            stored = self._storage.head(event.bucket, event.object_key)
        except (ObjectGone, ObjectForbidden):
            return False
        found = replace(event.record.source, etag=stored.etag) if event.record.source else None
        return self._start(replace(event.record, size=stored.size, source=found))

    def is_about_other_version(self, event: ObjectCreated) -> bool:
        """Return whether an event is about another version of a source object than its record."""
        current = self._current(event.record) if event.record else None
        return bool(current and event.record and current.source != event.record.source)

    def _current(self, record: ImageRecord) -> ImageRecord | None:
        return self._catalog.get(record.owner, record.id)

    def _start(self, record: ImageRecord) -> bool:
        started, _ = self._catalog.start_source(record, retention_days=self._retention_days)
        return started.status == "pending"
