"""Sending a file to S3, and the responses of S3."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, Route

from tests.browser.support import (
    expect_upload_error,
    expect_upload_phase,
    fulfill,
    record_requests,
    retry_succeeds,
    route_first,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.support import NewFile


INTERRUPTED = "The upload was interrupted. Check your connection."
CHANGED = "The file may have changed during the upload. Try again, or choose it again."
UNREADABLE = "Couldn’t read the file. It may have been moved or changed. Choose it again."


def test_can_retry_an_interrupted_upload(fast_page: Page, objects_url: str, new_file: NewFile) -> None:
    fast_page.route(objects_url, lambda route: route.abort("connectionreset"))
    fast_page.set_input_files("#files", new_file())
    expect_upload_error(fast_page, INTERRUPTED)

    fast_page.unroute(objects_url)
    retry_succeeds(fast_page)


def respond_expired(route: Route) -> None:
    body = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
    fulfill(route, status=403, body=body, content_type="application/xml")


def test_requests_a_new_link_when_one_has_expired(
    fast_page: Page, uploads_url: str, objects_url: str, new_file: NewFile
) -> None:
    requests = record_requests(fast_page, method="POST", url=uploads_url)
    route_first(fast_page, objects_url, respond_expired)
    fast_page.set_input_files("#files", new_file())

    expect_upload_phase(fast_page, "done")
    assert len(requests) == 2


def test_shows_that_the_upload_link_expired_twice(
    fast_page: Page, objects_url: str, new_file: NewFile
) -> None:
    fast_page.route(objects_url, respond_expired)
    fast_page.set_input_files("#files", new_file())
    expect_upload_error(fast_page, "The upload link expired twice. Check that your device’s clock is right.")

    fast_page.unroute(objects_url)
    retry_succeeds(fast_page)


def test_polls_an_image_that_is_already_stored(fast_page: Page, objects_url: str, new_file: NewFile) -> None:
    def respond_already_stored(route: Route) -> None:
        if route.request.method == "PUT":
            assert route.fetch().status == 200
            fulfill(route, status=412, body="<Error><Code>PreconditionFailed</Code></Error>")
        else:
            route.continue_()

    fast_page.route(objects_url, respond_already_stored)
    fast_page.set_input_files("#files", new_file())

    expect_upload_phase(fast_page, "done")


def test_shows_that_the_checksum_does_not_match(fast_page: Page, objects_url: str, new_file: NewFile) -> None:
    body = "<Error><Code>XAmzContentChecksumMismatch</Code></Error>"
    fast_page.route(objects_url, lambda route: fulfill(route, status=400, body=body))
    fast_page.set_input_files("#files", new_file())
    expect_upload_error(fast_page, CHANGED)

    fast_page.unroute(objects_url)
    retry_succeeds(fast_page)


def change(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def remove(path: Path, data: bytes) -> None:
    path.unlink()


@pytest.mark.parametrize(("modify", "message"), [(change, CHANGED), (remove, UNREADABLE)])
def test_asks_to_choose_a_changed_file_again(
    fast_page: Page,
    uploads_url: str,
    new_file: NewFile,
    tmp_path: Path,
    modify: Callable[[Path, bytes], None],
    message: str,
) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(new_file()["buffer"])

    def modify_before_sending(route: Route) -> None:
        modify(path, new_file()["buffer"])
        route.continue_()

    route_first(fast_page, uploads_url, modify_before_sending)
    fast_page.set_input_files("#files", path)
    expect_upload_error(fast_page, message)

    fast_page.get_by_role("button", name="Try again").click()
    expect_upload_error(fast_page, UNREADABLE)
