"""Links to an image's objects; see `common.links` for how long they are valid."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from catalog.source_records import original_of
from common.object_keys import preview_key, result_key, thumbnail_key, upload_key

if TYPE_CHECKING:
    from catalog.records import ImageRecord
    from common.settings import ImagesSettings
    from common.storage import Storage


class ObjectLinks:
    """Links to the original, and to what the processor has stored about it."""

    def __init__(self, settings: ImagesSettings, storage: Storage) -> None:
        self._input_bucket = settings.input_bucket
        self._output_bucket = settings.output_bucket
        self._storage = storage

    def all(self, record: ImageRecord, *, has_result: bool) -> dict[str, str]:
        """Return an image's links by name; that of the result document only if there is one."""
        key = upload_key(record.owner, record.id)
        links = {"original": self._link(*original_of(record, self._input_bucket), record.file_name)}
        if record.has_result:
            links["preview"] = self._link(self._output_bucket, preview_key(key))
            links["thumbnail"] = self._link(self._output_bucket, thumbnail_key(key))
        if has_result:
            json_name = f"{PurePath(record.file_name).stem}.json"
            links["result"] = self._link(self._output_bucket, result_key(key), json_name)
        return links

    def thumbnail(self, record: ImageRecord) -> str | None:
        """Return the link to an image's thumbnail, None if it has none."""
        if not record.has_result:
            return None
        return self._link(self._output_bucket, thumbnail_key(upload_key(record.owner, record.id)))

    def _link(self, bucket: str, key: str, download_name: str | None = None) -> str:
        return self._storage.presign_get(bucket, key, download_name=download_name)
