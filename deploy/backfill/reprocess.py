"""Images to recognize again: those of owners and a search whose result lacks something or is outdated."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from common.errors import NotRetryable
from common.object_keys import UploadKey, upload_key
from common.rejections import UNAVAILABLE
from deploy.backfill.images import (
    ALREADY_DONE,
    BATCH,
    DELETED,
    IN_PROGRESS,
    NOT_PERMITTED,
    REJECTED_BEFORE,
    WITHOUT_ORIGINAL,
    Batch,
    Selected,
    Survey,
    recognized_at,
)
from deploy.backfill.outdated import Findings, NewestVersions, compare
from processor.events import ObjectCreated
from retries.retrier import OriginalForbidden, Retrier
from search.run import find

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor

    from catalog.records import ImageRecord
    from deploy.backfill.services import Services
    from processor.plan import Plan
    from search.matching import Query


class Reprocess:
    """The images that match a query, of each of the owners; `owners` lists them anew."""

    def __init__(
        self, services: Services, owners: Callable[[], Iterable[str]], query: Query, pool: Executor
    ) -> None:
        self._services = services
        self._owners = owners
        self._query = query
        self._pool = pool
        self._newest = NewestVersions()
        # The run checks the ceiling, once in a while.
        self._retrier = Retrier(services.catalog, services.recoverer, lambda: None)

    def survey(self, show: Callable[[int], None]) -> Survey:
        """Count the images. The newest versions are known at the end only, so they are compared then."""
        survey, found, seen = Survey(), Counter[tuple[Findings, bool]](), 0
        for records in self._pages():
            batch = Batch()
            for record, findings in self._pool.map(self._inspect, records):
                if record.status == "done":
                    self._newest.see(findings)
                    found[findings, self._is_readable(record)] += 1
                else:
                    self._sort(batch, record, findings)
            survey.add(batch)
            show(seen := seen + len(records))
        for (findings, is_readable), count in found.items():
            kinds = (*findings.lacking, *self._newest.outdated(findings))
            if kinds and not is_readable:
                survey.others[WITHOUT_ORIGINAL] += count
            elif kinds:
                survey.to_do += count
                survey.calls.update(dict.fromkeys(kinds, count))
            else:
                survey.others[ALREADY_DONE] += count
        return survey

    def batches(self) -> Iterator[Batch]:
        """List the images. Call `survey` before."""
        for records in self._pages():
            batch = Batch()
            for record, findings in self._pool.map(self._inspect, records):
                self._sort(batch, record, findings)
            yield batch

    def start(self, selected: Selected) -> str | None:
        """Reopen an image and send its event, or send the event of one that an interrupted run reopened."""
        record, recoverer = selected.record, self._services.recoverer
        if record.status == "pending":
            created_at = recoverer.event_time(record) or record.uploaded_at
            recoverer.send(record, created_at, selected.ask_again)
            recoverer.mark(record.owner, record.id)
            return None
        try:
            current = self._retrier.retry(record, selected.ask_again)
        except OriginalForbidden:  # to the person who runs this
            return NOT_PERMITTED
        except NotRetryable:
            return WITHOUT_ORIGINAL
        if current is None:
            return DELETED
        return None if current.status == "pending" else ALREADY_DONE

    def _pages(self) -> Iterator[tuple[ImageRecord, ...]]:
        for owner in self._owners():
            position = None
            while True:
                page = find(self._services.catalog.index, owner, self._query, limit=BATCH, before=position)
                yield page.records
                position = page.position
                if position is None:
                    break

    def _inspect(self, record: ImageRecord) -> tuple[ImageRecord, Findings]:
        """Return a record with what its result lacks."""
        result = self._services.read_result(record) if record.has_result else None
        return record, compare(result, self._plan(record))

    def _is_readable(self, record: ImageRecord) -> bool:
        """Return whether the stack may read the original: the processor drops events of other buckets."""
        settings = self._services.settings
        return record.source is None or (
            record.source.bucket == settings.source_bucket
            and record.source.key.startswith(settings.source_prefix)
        )

    def _plan(self, record: ImageRecord) -> Plan:
        upload = UploadKey(record.owner, record.id)
        bucket, key = self._services.settings.input_bucket, upload_key(record.owner, record.id)
        return self._services.planner.plan(ObjectCreated(bucket, key, record.uploaded_at, upload))

    def _sort(self, batch: Batch, record: ImageRecord, findings: Findings) -> None:
        """Put an image into a batch."""
        outdated = self._newest.outdated(findings)
        selected = Selected(
            record,
            (*findings.lacking, *outdated),
            record.billed_calls,
            frozenset(operation for operation, _ in outdated),
            recognized_at(record),
        )
        if record.status == "pending":
            if not self._is_readable(record):
                batch.others[WITHOUT_ORIGINAL] += 1
            elif not record.has_result:
                batch.others[IN_PROGRESS] += 1
            elif self._services.recoverer.is_idle(record):
                batch.to_do.append(selected)
            else:
                batch.started.append(selected)
        elif record.reason and record.reason.code != UNAVAILABLE:
            batch.others[REJECTED_BEFORE] += 1
        elif selected.calls and not self._is_readable(record):
            batch.others[WITHOUT_ORIGINAL] += 1
        elif selected.calls:
            batch.to_do.append(selected)
        else:
            batch.others[ALREADY_DONE] += 1


def list_owners(services: Services) -> Iterator[str]:
    """Yield all owners who have results."""
    prefix = "uploads/"
    pages = services.s3.get_paginator("list_objects_v2").paginate(
        Bucket=services.settings.output_bucket, Prefix=prefix, Delimiter="/"
    )
    for page in pages:
        for found in page.get("CommonPrefixes", ()):
            yield found["Prefix"].removeprefix(prefix).removesuffix("/")
