"""Libraries of any size: copies of pictures that were recognized.

The copies are written into moto's state, because thousands of uploads would take an hour. They have what the
gallery and the viewer read: the record, the two lists of all images, the counts, and the rendered files. They
aren't in the lists of terms, so a search doesn't find them.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from catalog.index.indexed import Indexed
from catalog.index.snapshot import Head, chunk_items
from catalog.index.vocabulary import Terms
from catalog.items import from_item, to_item
from catalog.keys import DAY_SECONDS, day_end, list_partition, record_key
from common.object_keys import preview_key, result_key, thumbnail_key, upload_key
from glimpse import Client, IdToken
from local.aws.moto_state import find_object, restore_item, restore_object
from local.sign_in.user_pool import USERS
from tests.browser.photographs import photographs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog.records import ImageRecord
    from catalog.terms import Term
    from local.stack import Stack

OWNER = USERS["alice"].sub
_UPLOADER = "bob"
_BETWEEN = timedelta(hours=2, minutes=37)  # so that 10,000 pictures are of three years
_KEPT_DAYS = 90
_FILES = (result_key, preview_key, thumbnail_key)


@dataclass(frozen=True)
class RenderedFile:
    """An object: its body, which all copies share, and everything else."""

    attributes: dict[str, Any]
    body: bytes

    def read(self) -> bytes:
        return self.body


@dataclass(frozen=True)
class Recognized:
    """A picture that was recognized: its record, and its rendered files by the function of their keys."""

    record: ImageRecord
    files: tuple[RenderedFile, ...]


@dataclass
class Library:
    """The pictures of alice, of which each has 2 h 37 min to the next older one."""

    stack: Stack
    recognized: list[Recognized]
    ids: list[str] = field(default_factory=list)  # the newest first
    _newest: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    _counts: Counter[str] = field(default_factory=Counter)
    _terms: dict[str, Term] = field(default_factory=dict)

    @classmethod
    def of(cls, stack: Stack, count: int) -> Library:
        """Return an empty library, for copies of `count` pictures that bob uploads."""
        return cls(stack, list(_recognize(stack, count)))

    def grow_to(self, size: int) -> None:
        """Add older pictures until there are as many as `size`."""
        table = self.stack.template.outputs["CatalogTableName"]
        expires_at = day_end(int(self._newest.timestamp()) + _KEPT_DAYS * DAY_SECONDS)
        serialize = TypeSerializer().serialize
        for number in range(len(self.ids), size):
            original = self.recognized[number % len(self.recognized)]
            record = self._copy(original.record, number)
            self.ids.append(record.id)
            self._add_files(original, record)
            for item in self._items(record, expires_at):
                restore_item(table, {name: serialize(value) for name, value in item.items()})
        dynamodb = self.stack.client("dynamodb")
        for item in self._count_items(expires_at):
            dynamodb.put_item(TableName=table, Item={name: serialize(value) for name, value in item.items()})

    def _copy(self, record: ImageRecord, number: int) -> ImageRecord:
        added_at = self._newest - number * _BETWEEN
        return replace(
            record,
            owner=OWNER,
            id=hashlib.sha256(f"picture {number}".encode()).hexdigest(),
            file_name=f"IMG_{number:05}.jpg",
            uploaded_at=added_at,
            processed_at=added_at + timedelta(seconds=2),
            taken_at=added_at - timedelta(minutes=10),
        )

    def _add_files(self, original: Recognized, record: ImageRecord) -> None:
        bucket = self.stack.template.outputs["OutputBucketName"]
        key = upload_key(OWNER, record.id)
        for file_key, file in zip(_FILES, original.files, strict=True):
            restore_object(bucket, file_key(key), file.attributes, file.read)

    def _items(self, record: ImageRecord, expires_at: int) -> Iterator[dict[str, Any]]:
        """Yield the record's item and those in the lists of all images, and count its terms."""
        item = to_item(record, expires_at)
        indexed = Indexed.of(item)
        self._counts.update(list(indexed.counted))
        self._terms |= indexed.counted
        common = {"revision": record.revision, "expiresAt": expires_at}
        yield item
        yield {"pk": list_partition(OWNER), "sk": indexed.position, **common}
        yield {
            **indexed.taken_key,
            "uploadedAt": indexed.uploaded_at,
            "hash": indexed.perceptual_hash,
            **common,
        }

    def _count_items(self, expires_at: int) -> Iterator[dict[str, Any]]:
        """Yield the items of a snapshot of the counts."""
        version = len(self.ids)  # grows
        chunks = chunk_items(OWNER, Terms.of(self._counts, self._terms), version, expires_at)
        yield from chunks
        size = sum(len(chunk["data"]) for chunk in chunks)
        today = int(self._newest.timestamp()) // DAY_SECONDS
        yield Head(version, today, len(chunks), size, expires_at=expires_at).to_item(OWNER)


def _recognize(stack: Stack, count: int) -> Iterator[Recognized]:
    """Upload photographs, the same in every measurement."""
    token, owner = stack.token(_UPLOADER), USERS[_UPLOADER].sub
    outputs, dynamodb = stack.template.outputs, stack.client("dynamodb")
    deserialize = TypeDeserializer().deserialize
    with tempfile.TemporaryDirectory() as folder, Client(stack.api_url, IdToken(token)) as client:
        for payload in photographs(count):
            file = Path(folder, payload["name"])
            file.write_bytes(payload["buffer"])
            image_id = client.recognize(file)["image"]["id"]
            key = {name: {"S": value} for name, value in record_key(owner, image_id).items()}
            item = dynamodb.get_item(TableName=outputs["CatalogTableName"], Key=key)["Item"]
            record = from_item({name: deserialize(value) for name, value in item.items()})
            keys = [file_key(upload_key(owner, image_id)) for file_key in _FILES]
            found = [find_object(outputs["OutputBucketName"], key) for key in keys]
            files = (RenderedFile(each.attributes(), each.body) for each in found if each)
            yield Recognized(record, tuple(files))
