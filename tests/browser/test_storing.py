"""Sending the bytes to S3, and everything that S3 may say to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.support import answered, goes_on, shows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.support import Fresh

CUT_OFF = "The upload was interrupted. Check your connection."
UNREADABLE = "Couldn't read the file. It may have been moved or changed. Choose it again."


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """Tries again sooner than it does for people."""
    return open_page(hurry=True)


def test_an_upload_that_is_cut_off(page: Page, objects: str, fresh: Fresh) -> None:
    page.route(objects, lambda route: route.abort("connectionreset"))
    page.set_input_files("#files", fresh())
    shows(page, CUT_OFF)

    page.unroute(objects)
    goes_on(page)


def expired(route: Route) -> None:
    body = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
    answered(route, status=403, body=body, content_type="application/xml")


def test_a_permission_that_ran_out_is_asked_for_again(
    page: Page, uploads: str, objects: str, fresh: Fresh
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method) if request.url == uploads else None)
    page.route(objects, expired, times=1)
    page.set_input_files("#files", fresh())

    expect(page.locator(".upload")).to_have_attribute("data-phase", "done")
    assert asked.count("POST") == 2


def test_a_permission_that_runs_out_twice(page: Page, objects: str, fresh: Fresh) -> None:
    page.route(objects, expired)
    page.set_input_files("#files", fresh())
    shows(page, "The upload link expired twice. Check that your device's clock is right.")

    page.unroute(objects)
    goes_on(page)


def test_a_picture_that_is_there_already_is_waited_for(page: Page, objects: str, fresh: Fresh) -> None:
    def stored_before(route: Route) -> None:
        if route.request.method == "PUT":
            assert route.fetch().status == 200
            answered(route, status=412, body="<Error><Code>PreconditionFailed</Code></Error>")
        else:
            route.continue_()

    page.route(objects, stored_before)
    page.set_input_files("#files", fresh())

    expect(page.locator(".upload")).to_have_attribute("data-phase", "done")


def test_a_store_that_refuses(page: Page, objects: str, fresh: Fresh) -> None:
    body = "<Error><Code>XAmzContentChecksumMismatch</Code></Error>"
    page.route(objects, lambda route: answered(route, status=400, body=body))
    page.set_input_files("#files", fresh())
    shows(page, "The file may have changed during the upload. Try again, or choose it again.")

    page.unroute(objects)
    goes_on(page)


def change(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def remove(path: Path, data: bytes) -> None:
    path.unlink()


@pytest.mark.parametrize(
    ("meddle", "sentence"),
    [
        (change, "The file may have changed during the upload. Try again, or choose it again."),
        (remove, UNREADABLE),
    ],
)
def test_a_file_that_does_not_stay_as_it_was_is_to_be_chosen_again(
    page: Page,
    uploads: str,
    fresh: Fresh,
    tmp_path: Path,
    meddle: Callable[[Path, bytes], None],
    sentence: str,
) -> None:
    path = tmp_path / "moving.jpg"
    path.write_bytes(fresh()["buffer"])

    def before_it_is_sent(route: Route) -> None:
        meddle(path, fresh()["buffer"])
        route.continue_()

    page.route(uploads, before_it_is_sent, times=1)
    page.set_input_files("#files", path)
    shows(page, sentence)

    page.get_by_role("button", name="Try again").click()
    shows(page, UNREADABLE)
