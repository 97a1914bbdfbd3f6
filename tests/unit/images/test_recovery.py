"""GET /images/{id} recovers an image that has been pending for minutes although its file is stored."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from retries.queue import QUEUED_SECONDS
from tests.unit.support import FAILURE, IMAGE_ID, NOW, PENDING_BODY, completion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from catalog.catalog import Catalog
    from common.storage import Storage

MINUTES_OLD = {**PENDING_BODY, "fileName": "Kätzchen.jpg", "uploadedAt": "2026-11-22T14:55:00.123Z"}
QUEUED_UNTIL = int(NOW.timestamp()) + QUEUED_SECONDS


@pytest.fixture
def stored(start: Callable[..., None], put_object: Callable[..., None]) -> None:
    """An image that has been pending for five minutes, and is stored."""
    start(IMAGE_ID, minutes=-5)
    put_object(NOW - timedelta(minutes=4))


@pytest.fixture
def heads(storage: Storage) -> Iterator[list[str]]:
    """The requests for an object's metadata."""
    names: list[str] = []

    def note(model: Any, **_: Any) -> None:
        names.append(model.name)

    storage._client.meta.events.register("before-call.s3.HeadObject", note)
    yield names
    storage._client.meta.events.unregister("before-call.s3.HeadObject", note)


def lease(catalog: Catalog, *, seconds: int) -> None:
    catalog.acquire_lease("alice", IMAGE_ID, "processor", seconds)


def test_recovers_it_once(get, stored, catalog, read_messages) -> None:
    responses = [get(IMAGE_ID) for _ in range(3)]
    assert [response["body"] for response in responses] == [
        {"image": {**MINUTES_OLD, "received": True}, "result": None, "links": {}}
    ] * 3
    assert {response["headers"]["retry-after"] for response in responses} == {"1"}
    assert len(read_messages()) == 1
    assert catalog.get("alice", IMAGE_ID).queued_until == QUEUED_UNTIL


def test_a_younger_image_costs_no_request(get, start, put_object, heads, read_messages) -> None:
    start(IMAGE_ID, minutes=-4)
    put_object()
    assert get(IMAGE_ID)["body"]["image"]["status"] == "pending"
    assert (heads, read_messages()) == ([], [])


@pytest.mark.parametrize("seconds", [60, 0, -299])
def test_an_image_leased_lately_is_left_alone(
    get, stored, catalog, heads, read_messages, seconds: int
) -> None:
    """Its event may be about to be retried."""
    lease(catalog, seconds=seconds)
    assert get(IMAGE_ID)["body"]["image"]["received"]
    assert (heads, read_messages()) == ([], [])


def test_recovers_an_image_whose_lease_ended_minutes_ago(get, stored, catalog, read_messages) -> None:
    lease(catalog, seconds=-300)
    get(IMAGE_ID)
    assert len(read_messages()) == 1


def test_a_queued_image_is_left_alone_until_its_message_has_expired(
    get, stored, catalog, heads, read_messages
) -> None:
    catalog.mark_queued("alice", IMAGE_ID, int(NOW.timestamp()) + 1)
    get(IMAGE_ID)
    assert (heads, read_messages()) == ([], [])
    catalog.mark_queued("alice", IMAGE_ID, int(NOW.timestamp()))
    get(IMAGE_ID)
    assert len(read_messages()) == 1


def test_an_image_that_was_never_uploaded_stays_pending(get, start, read_messages) -> None:
    start(IMAGE_ID, minutes=-5)
    assert get(IMAGE_ID)["body"]["image"] == MINUTES_OLD
    assert read_messages() == []


@pytest.mark.parametrize("status", ["done", "failed"])
def test_an_image_finished_meanwhile_is_shown(
    get, stored, catalog, retry_queue, monkeypatch, status: str
) -> None:
    send = retry_queue.send

    def send_after_the_end(*args: Any, **options: Any) -> None:
        if status == "done":
            catalog.complete("alice", IMAGE_ID, completion("Cat"))
        else:
            catalog.fail("alice", IMAGE_ID, FAILURE)
        send(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(retry_queue, "send", send_after_the_end)
        body = get(IMAGE_ID)["body"]
    assert body["image"]["status"] == status
    assert "original" in body["links"]
