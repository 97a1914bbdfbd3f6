"""POST /images/{id}/retry while another process changes the image."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from catalog.records import Reason
from catalog.transitions.finish import FailureSummary
from catalog.transitions.lease import LeaseStatus
from tests.unit.support import IMAGE_ID, LATER, NOW, completion

if TYPE_CHECKING:
    from collections.abc import Callable

    from retries.queue import RetryQueue


@pytest.fixture
def retry_while(
    retry: Callable[..., dict[str, Any]], retry_queue: RetryQueue, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., dict[str, Any]]:
    """Request a retry; another process changes the image just after the message was sent."""

    def retry_while(change: Callable[[], object]) -> dict[str, Any]:
        send = retry_queue.send

        def send_then_change(*args: Any, **options: Any) -> None:
            send(*args, **options)
            change()

        with monkeypatch.context() as patch:
            patch.setattr(retry_queue, "send", send_then_change)
            return retry()

    return retry_while


def test_the_processor_may_be_faster(retry_while, fail_with, catalog) -> None:
    fail_with("unavailable")

    def process() -> None:
        lease = catalog.acquire_lease("alice", IMAGE_ID, "request-1", 60, reopen=True)
        assert lease.status is LeaseStatus.ACQUIRED
        assert catalog.complete("alice", IMAGE_ID, completion("Cat"), "request-1")

    response = retry_while(process)
    assert (response["statusCode"], response["body"]["image"]["status"]) == (200, "done")


def test_a_new_failure_is_kept(retry_while, fail_with, catalog) -> None:
    """The message may have failed with it, so nothing would finish a pending image."""
    fail_with("unavailable")

    def fail_again() -> None:
        catalog.acquire_lease("alice", IMAGE_ID, "request-1", 60, reopen=True)
        later = FailureSummary(Reason("unavailable", "Again."), NOW + timedelta(seconds=1), LATER)
        assert catalog.fail("alice", IMAGE_ID, later, "request-1")

    response = retry_while(fail_again)
    assert (response["statusCode"], response["body"]["image"]["status"]) == (202, "failed")
    assert catalog.get("alice", IMAGE_ID).reason.message == "Again."


def test_an_image_deleted_meanwhile_is_not_found(retry_while, fail_with, delete_image) -> None:
    fail_with("unavailable")
    assert retry_while(delete_image)["statusCode"] == 404


def test_an_image_being_deleted_is_not_found(retry_while, fail_with, catalog) -> None:
    fail_with("unavailable")
    response = retry_while(lambda: catalog.begin_deletion("alice", IMAGE_ID))
    assert response["statusCode"] == 404
    assert catalog.get("alice", IMAGE_ID) is None
