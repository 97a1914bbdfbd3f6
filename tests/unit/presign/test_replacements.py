"""Uploads of an image that failed, or whose object expired before its record, replace the old record.

A failed image is processed again from its object, if that still exists.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import Stubber

from catalog.catalog import Catalog
from catalog.index.vocabulary import MonthTotals
from catalog.records import Reason
from catalog.transitions.finish import FailureSummary
from catalog.transitions.lease import LeaseStatus
from common.errors import InternalError
from limits.ceiling import Ceiling
from presign.requests import UploadRequest
from presign.uploads import Upload, UploadService
from retries.recoverer import Recoverer
from tests.unit.catalog.support import Clock, Interruption, interrupt, list_ids
from tests.unit.support import (
    IMAGE_ID,
    INPUT_BUCKET,
    LATER,
    NOW,
    PENDING_BODY,
    PRESIGN_SETTINGS,
    UPLOAD_KEY,
    completion,
    label_counts,
    problem_body,
    this_month,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from common.storage import Storage
    from retries.queue import RetryQueue

UNAVAILABLE = FailureSummary(Reason("unavailable", "Try again later."), NOW, LATER)
INTERNAL_ERROR = "Something went wrong on our side. Try again in a moment."
LABELS = {"Animal": 1, "Cat": 1}


@pytest.fixture
def done(post: Callable[..., tuple[int, dict[str, Any]]], catalog: Catalog) -> None:
    """An image that is done, and whose object has expired."""
    post()
    assert catalog.complete("alice", IMAGE_ID, completion("Cat", "Animal"))


@pytest.fixture
def failed(post: Callable[..., tuple[int, dict[str, Any]]], catalog: Catalog) -> None:
    """An image that failed as unavailable, and whose object has expired."""
    post()
    assert catalog.fail("alice", IMAGE_ID, UNAVAILABLE)


@pytest.fixture
def assert_uploadable_again(catalog: Catalog, table: Any) -> Callable[[tuple[int, dict[str, Any]]], None]:
    """Assert that an upload was created, and that nothing of the old record is left."""

    def assert_uploadable_again(response: tuple[int, dict[str, Any]]) -> None:
        status, body = response
        image = {**body["image"], "revision": 0}
        assert (status, image, body["upload"]["method"]) == (201, PENDING_BODY, "PUT")
        assert label_counts(catalog) == {}
        assert list_ids(catalog, "alice") == [IMAGE_ID]
        assert list_ids(catalog, "alice", "cat") == []
        items = [item for item in table.scan()["Items"] if not item["pk"].endswith("#LOG")]
        assert len(items) == 3  # the record, its list entry and the quota
        assert catalog.complete("alice", IMAGE_ID, completion("Cat", "Animal"))
        assert label_counts(catalog) == LABELS

    return assert_uploadable_again


@pytest.mark.parametrize("state", ["done", "failed"])
def test_an_image_without_its_object_can_be_uploaded_again(
    request, post, assert_uploadable_again, state: str
) -> None:
    request.getfixturevalue(state)
    assert_uploadable_again(post())


@pytest.mark.parametrize("status", [403, 503])
def test_only_a_missing_object_counts_as_gone(done, post, storage, catalog, status: int) -> None:
    with Stubber(storage._client) as stub:
        stub.add_client_error("head_object", service_error_code=str(status), http_status_code=status)
        assert post() == (500, problem_body(500, "Internal Server Error", "internal-error", INTERNAL_ERROR))
    assert catalog.get("alice", IMAGE_ID).status == "done"
    assert label_counts(catalog) == LABELS


def test_the_month_still_includes_the_replaced_result(done, post, catalog) -> None:
    post()
    assert this_month(catalog) == MonthTotals(1, 1)
    catalog.complete("alice", IMAGE_ID, completion("Cat"))
    assert this_month(catalog) == MonthTotals(2, 2)


class Scenario:
    """An image in a state, and an upload of it with another action before one of the upload's calls."""

    def __init__(
        self,
        storage: Storage,
        table: Any,
        retry_queue: RetryQueue,
        put_object: Callable[[], None],
        state: str,
    ) -> None:
        self.clock = Clock()
        self.catalog = Catalog(table, self.clock, sleep=lambda _: None)
        recoverer = Recoverer(self.catalog, storage, retry_queue, INPUT_BUCKET, self.clock)
        ceiling = Ceiling(self.catalog, 100, self.clock)
        self._service = UploadService(PRESIGN_SETTINGS, storage, self.catalog, recoverer, ceiling, self.clock)
        self._storage = storage
        self._table = table
        self._clients = (table.meta.client, storage._client, retry_queue._client)
        self._put_object = put_object
        self.state = state

    def upload(self) -> Upload:
        return self._service.create("alice", UploadRequest("cat.jpg", "image/jpeg", 1000, IMAGE_ID))

    def reset(self) -> None:
        """Store the image: a done one without its object, a failed one with it."""
        self.clock.now = NOW
        for item in self._table.scan()["Items"]:
            self._table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
        self._storage.delete(INPUT_BUCKET, UPLOAD_KEY)
        self.upload()
        if self.state == "done":
            assert self.catalog.complete("alice", IMAGE_ID, completion("Cat", "Animal"))
        else:
            assert self.catalog.fail("alice", IMAGE_ID, UNAVAILABLE)
            self._put_object()

    def before_each_call(self, action: Callable[[], object], check: Callable[[Upload | None], None]) -> int:
        """Upload once for each of its calls, with an action before it, and check. Return the number of calls.

        The check receives None if the action interrupted the upload.
        """
        for index in count():
            self.reset()
            names: list[str] = []

            def run_action(model: Any, names: list[str] = names, index: int = index, **_: Any) -> None:
                names.append(model.name)
                if len(names) == index + 1:
                    action()

            upload = None
            for client in self._clients:
                client.meta.events.register("before-call", run_action)
            with suppress(Interruption):
                upload = self.upload()
            for client in self._clients:
                client.meta.events.unregister("before-call", run_action)
            if len(names) <= index:
                return index
            check(upload)
        raise AssertionError


@pytest.fixture(params=["done", "failed"])
def scenario(
    request: pytest.FixtureRequest,
    storage: Storage,
    table: Any,
    retry_queue: RetryQueue,
    put_object: Callable[[], None],
) -> Scenario:
    return Scenario(storage, table, retry_queue, put_object, request.param)


@pytest.fixture
def assert_recognizable(scenario: Scenario) -> Callable[[], None]:
    """Assert that the image is pending, and that its result will be listed and counted once."""

    def assert_recognizable() -> None:
        record = scenario.catalog.get("alice", IMAGE_ID)
        assert record is not None
        assert record.status == "pending"
        assert scenario.catalog.complete("alice", IMAGE_ID, completion("Cat", "Animal"))
        assert label_counts(scenario.catalog) == LABELS
        for label in (None, "cat"):
            assert list_ids(scenario.catalog, "alice", label) == [IMAGE_ID]

    return assert_recognizable


@pytest.fixture
def assert_processable(
    scenario: Scenario, object_keys: Callable[[str], list[str]]
) -> Callable[[Upload | None], None]:
    """Assert that the image of an upload will be processed: once it is put, or from the object it has."""

    def assert_processable(upload: Upload | None) -> None:
        assert upload is not None
        assert (upload.put is None) == (scenario.state == "failed")
        assert object_keys(INPUT_BUCKET) == ([UPLOAD_KEY] if upload.put is None else [])

    return assert_processable


def test_an_interrupted_replacement_can_be_repeated(
    scenario, assert_recognizable, assert_processable
) -> None:
    def check(upload: Upload | None) -> None:
        assert upload is None
        scenario.clock.advance(seconds=60)  # a deletion in progress counts as interrupted
        assert_processable(scenario.upload())
        assert_recognizable()

    # done: get, head, ceiling, read, mark, entries, get, list, end, get, quota, list, start, head
    # failed: get, ceiling, get, quota, list, start, entries, head, send, get, mark, get
    assert scenario.before_each_call(interrupt, check) == {"done": 14, "failed": 12}[scenario.state]


def test_concurrent_uploads_replace_the_record_once(
    scenario, assert_recognizable, assert_processable
) -> None:
    def upload_again() -> None:
        # The first upload, which is deleting the old record, waits for this one.
        with suppress(InternalError):
            assert_processable(scenario.upload())

    def check(upload: Upload | None) -> None:
        assert_processable(upload)
        assert_recognizable()

    scenario.before_each_call(upload_again, check)


def test_a_deletion_during_the_upload_leaves_nothing_of_the_old_record(scenario, assert_recognizable) -> None:
    def delete() -> None:
        entry = scenario.catalog.begin_deletion("alice", IMAGE_ID)
        if entry:
            scenario.catalog.end_deletion(entry)

    def check(upload: Upload | None) -> None:
        assert upload is not None
        if scenario.catalog.get("alice", IMAGE_ID) is None:  # the deletion came last
            scenario.upload()
        assert_recognizable()

    scenario.before_each_call(delete, check)


@pytest.mark.parametrize("scenario", ["failed"], indirect=True)
def test_a_redriven_event_may_reopen_the_image_during_the_upload(
    scenario, assert_recognizable, assert_processable
) -> None:
    leases: list[LeaseStatus] = []

    def lease() -> None:
        acquired = scenario.catalog.acquire_lease("alice", IMAGE_ID, "request-1", 60, reopen=True)
        leases.append(acquired.status)

    def check(upload: Upload | None) -> None:
        assert_processable(upload)
        assert_recognizable()

    calls = scenario.before_each_call(lease, check)
    assert leases == [LeaseStatus.ACQUIRED] * calls
