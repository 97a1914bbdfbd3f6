"""Images to back-fill: the pictures in the source bucket that the catalog doesn't have as they are now."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, replace
from os.path import commonprefix
from typing import TYPE_CHECKING

from catalog.records import SourceObject
from catalog.source_records import source_record
from catalog.transitions.start import BeingDeleted
from catalog.transitions.start_source import is_outdated
from common.formats import is_picture_name
from common.object_keys import UploadKey, upload_key
from common.time import now
from common.units import MEGABYTE
from deploy.backfill.images import (
    ALREADY_DONE,
    BATCH,
    DELETED,
    REJECTED_BEFORE,
    Batch,
    Selected,
    Survey,
    call_kind,
    groups,
    recognized_at,
)
from deploy.backfill.outdated import calls_to_make
from deploy.checks import OWN_BUCKET
from deploy.errors import DeploymentError
from deploy.parameters import is_valid
from processor.events import ObjectCreated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor
    from datetime import datetime

    from mypy_boto3_s3.type_defs import ObjectTypeDef

    from catalog.records import ImageRecord
    from deploy.backfill.images import CallKind
    from deploy.backfill.place import Place
    from deploy.backfill.services import Services

FOLDERS = "folders"
EMPTY = "empty objects"
NOT_PICTURES = "not pictures, by their names"
TOO_LARGE = "larger than MaxUploadMegabytes"
ARCHIVED = "archived, so that S3 can't read them at once"
_WIDER = (
    " SourcePrefix can't have the rest of the prefix, so the stack can then read everything below {place}, "
    "and recognizes new objects there if SourceOwner is set."
)
_ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")
_URL = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<prefix>.*))?")


@dataclass(frozen=True)
class Location:
    """A bucket, and how the keys of its objects start."""

    bucket: str
    prefix: str


def parse_location(url: str) -> Location:
    """Return the location of `s3://bucket/prefix`. Raises DeploymentError."""
    match = _URL.fullmatch(url)
    if match is None:
        raise DeploymentError(f"SOURCE must be s3://bucket or s3://bucket/prefix, not {url!r}.")
    return Location(match["bucket"], match["prefix"] or "")


def require_readable(location: Location, services: Services, place: Place) -> None:
    """Raise DeploymentError, which says how to let the stack read a location, if it may not."""
    parameters, settings = services.parameters, services.settings
    if location.bucket in (settings.input_bucket, settings.output_bucket):
        raise DeploymentError(OWN_BUCKET.format(location.bucket))
    if not is_valid("SourceBucket", location.bucket):
        raise DeploymentError(
            f"The bucket {location.bucket} can't be the source bucket, because its name has dots. "
            "Copy the pictures to another one."
        )
    bucket, prefix = parameters.get("SourceBucket", ""), parameters.get("SourcePrefix", "")
    if location.bucket == bucket and location.prefix.startswith(prefix):
        return
    if location.bucket == bucket:
        problem = f"The stack reads {bucket} below {prefix} only. To let it read more"
        # What can be read today stays readable. Its prefix is a string, not a path.
        wanted = commonprefix([prefix, location.prefix])  # noqa: RUF071
    else:
        problem = f"The stack can't read the bucket {location.bucket}. To let it"
        wanted = location.prefix
    beginning = _settable_beginning(wanted)
    values = {"SourceBucket": location.bucket, "SourcePrefix": beginning}
    values["SourceOwner"] = parameters.get("SourceOwner", "")
    # An empty value needs to be there only in place of another one.
    listed = [
        f"{name}={shlex.quote(value) if value else ''}"
        for name, value in values.items()
        if value or parameters.get(name)
    ]
    raise DeploymentError(
        f"{problem}, {place.advise(listed)}"
        + ("" if beginning == wanted else _WIDER.format(place=f"s3://{location.bucket}/{beginning}"))
    )


def _settable_beginning(prefix: str) -> str:
    """Return the longest beginning of a prefix that can be SourcePrefix, and be quoted once more."""
    beginnings = (prefix[:length] for length in range(len(prefix), -1, -1))
    return next(
        each for each in beginnings if is_valid("SourcePrefix", each) and '"' not in shlex.quote(each)
    )


class Source:
    """The objects at a location, as images of an owner."""

    def __init__(
        self,
        services: Services,
        location: Location,
        owner: str,
        pool: Executor,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._services = services
        self._location = location
        self._owner = owner
        self._pool = pool
        self._clock = clock
        self._calls = self._plan()

    def survey(self, show: Callable[[int], None]) -> Survey:
        """Count the objects, and compare them with the catalog."""
        survey, seen = Survey(), 0
        for batch in self.batches():
            survey.add(batch)
            show(seen := seen + batch.size)
        return survey

    def batches(self) -> Iterator[Batch]:
        """List the objects, and compare them with the catalog."""
        pages = self._services.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._location.bucket, Prefix=self._location.prefix
        )
        for page in pages:
            yield from self._pool.map(self._compare, groups(page.get("Contents", ()), BATCH))

    def start(self, selected: Selected) -> str | None:
        """Write the record of an object and send its event, in the order in which nothing is lost.

        In between, the record is pending and not queued, so that the next run sends the event. Its time is
        now: the object may have been listed hours ago, and a metric tells how long results take from then. A
        version that the catalog has learned of since is newer than the one that was listed, so it stays.
        """
        catalog, recoverer = self._services.catalog, self._services.recoverer
        record = replace(selected.record, uploaded_at=self._clock())
        try:
            current, is_to_send = catalog.start_source(
                record,
                retention_days=self._services.settings.retention_days,
                known=selected.known_etag or _etag(record),
            )
        except BeingDeleted:
            return DELETED
        if is_to_send:
            self._services.retry_queue.send_source(current, self._clock())
            recoverer.mark(current.owner, current.id)
        return None if current.status == "pending" else _ended(current)

    def _compare(self, objects: Sequence[ObjectTypeDef]) -> Batch:
        batch, wanted = Batch(), []
        for each in objects:
            if reason := self._reason(each):
                batch.others[reason] += 1
            else:
                wanted.append(self._record(each))
        found = self._services.catalog.get_many([(record.owner, record.id) for record in wanted])
        known = {record.id: record for record in found}
        for record in wanted:
            self._sort(batch, record, known.get(record.id))
        return batch

    def _sort(self, batch: Batch, wanted: ImageRecord, known: ImageRecord | None) -> None:
        """Put an image into a batch: as it lies in the bucket, and as the catalog knows it."""
        if wanted.source is None:
            raise ValueError("a source object is wanted")
        if known is None:
            batch.to_do.append(Selected(wanted, self._calls))
            return
        if known.status == "pending":
            selected = self._selected(wanted, known)
            is_idle = self._services.recoverer.is_idle(known)
            (batch.to_do if is_idle else batch.started).append(selected)
        elif is_outdated(known, wanted.source):
            batch.to_do.append(self._selected(wanted, known))
        else:
            batch.others[_ended(known)] += 1

    def _selected(self, wanted: ImageRecord, known: ImageRecord) -> Selected:
        return Selected(
            wanted,
            self._calls,
            known.billed_calls,
            recognized_at=recognized_at(known),
            known_etag=_etag(known),
        )

    def _reason(self, found: ObjectTypeDef) -> str | None:
        """Return why an object isn't recognized, or None if it is."""
        if found["Key"].endswith("/"):
            return FOLDERS
        if not is_picture_name(found["Key"]):
            return NOT_PICTURES
        if found["Size"] == 0:
            return EMPTY
        if found["Size"] > self._services.settings.max_upload_megabytes * MEGABYTE:
            return TOO_LARGE
        return ARCHIVED if found.get("StorageClass") in _ARCHIVES else None

    def _record(self, found: ObjectTypeDef) -> ImageRecord:
        source = SourceObject(self._location.bucket, found["Key"], found["ETag"].strip('"'))
        return source_record(self._owner, source, found["Size"], self._clock())

    def _plan(self) -> tuple[CallKind, ...]:
        """Return the calls about each image, by the settings and the owner's active model."""
        image_id = "0" * 64  # of no image: the plan is that of the owner
        upload, bucket = UploadKey(self._owner, image_id), self._services.settings.input_bucket
        event = ObjectCreated(bucket, upload_key(self._owner, image_id), self._clock(), upload)
        return tuple(call_kind(call) for call in calls_to_make(self._services.planner.plan(event)))


def _ended(record: ImageRecord) -> str:
    return ALREADY_DONE if record.status == "done" else REJECTED_BEFORE


def _etag(record: ImageRecord) -> str | None:
    return record.source.etag if record.source else None
