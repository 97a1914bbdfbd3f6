"""How many uploads are left: shown before the quota is reached, and when more files are chosen."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary, quota
from tests.browser.fake_uploads import FakeUploads, tiny_files
from tests.browser.support import (
    axe_violations,
    expect_summary,
    freeze_clock,
    open_account,
    record_requests,
    scrolls_sideways,
    wait_until,
)

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import Json, NewFile, OpenPage

NEW_YORK = "America/New_York"
DAY_ENDS = "The limit of 100 a day resets on November 26 at 7:00 PM."
MONTH_ENDS = "The limit of 1,000 a month resets on November 30 at 7:00 PM."
HINT, NOTICE, WARNING = "hint", "notice", "error-box"
SHORTAGE = "You chose 40 photos, but only 12 can be uploaded today. Photos you uploaded before don’t count."


def with_quota(page: Page, stack: Stack, day: int, month: int) -> FakeLibrary:
    """Serve a library of 3 photos whose owner has used so many uploads of 100 and 1,000."""
    return FakeLibrary(stack, 3, quota=quota(day, month)).serve(page)


@pytest.mark.parametrize(
    ("day", "month", "look", "text"),
    [
        (0, 0, HINT, "Uploads left: 100 today, 1,000 this month."),
        (79, 799, HINT, "Uploads left: 21 today, 201 this month."),
        (80, 200, NOTICE, f"Uploads left: 20 today, 800 this month. {DAY_ENDS}"),
        (12, 800, NOTICE, f"Uploads left: 88 today, 200 this month. {MONTH_ENDS}"),
        (12, 999, NOTICE, f"Uploads left: 1 today, 1 this month. {MONTH_ENDS}"),
        (90, 950, NOTICE, f"Uploads left: 10 today, 50 this month. {DAY_ENDS} {MONTH_ENDS}"),
        (100, 200, WARNING, f"Uploads left: none today, 800 this month. {DAY_ENDS}"),
        (12, 1000, WARNING, f"Uploads left: none today, none this month. {MONTH_ENDS}"),
        (101, 1001, WARNING, f"Uploads left: none today, none this month. {DAY_ENDS} {MONTH_ENDS}"),
    ],
)
def test_shows_how_many_uploads_are_left_and_when_limits_reset(
    open_page: OpenPage, stack: Stack, day: int, month: int, look: str, text: str
) -> None:
    page = open_page(timezone_id=NEW_YORK)
    with_quota(page, stack, day, month)
    shown = page.locator("#quota")
    expect(shown).to_have_text(text)
    expect(shown).to_have_class(look)
    expect(shown).to_be_visible(visible=look != HINT)
    expect(page.locator("#files")).to_have_accessible_description(re.compile(re.escape(text) + "$"))
    expect(page.locator("#announcements")).to_have_text("" if look == HINT else text)


def test_announces_the_quota_once_per_level(page: Page, stack: Stack) -> None:
    library = with_quota(page, stack, 78, 78)
    announcements = page.locator("#announcements p")
    for used in (79, 80, 81, 100, 100):
        library.quota["day"]["used"] = used
        with page.expect_response(re.compile("/labels$")):
            page.evaluate("document.dispatchEvent(new CustomEvent('labels-changed'))")
        expect(page.locator("#quota")).to_contain_text(f"left: {100 - used or 'none'} today")
    expect(announcements).to_have_text([re.compile("^Uploads left: 20 "), re.compile("^Uploads left: none ")])


@pytest.mark.parametrize("day", [12, 80, 100])
def test_the_quota_is_accessible_and_never_scrolls_sideways(
    open_page: OpenPage, stack: Stack, appearance: Json, day: int
) -> None:
    page = open_page(**appearance)
    with_quota(page, stack, day, day)
    expect(page.locator("#quota")).to_contain_text("Uploads left")
    expect(page.locator(".tile")).to_have_count(3)
    assert not scrolls_sideways(page)
    assert axe_violations(page) == []


def test_shows_the_quota_before_there_are_photos(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 0).serve(page)
    expect(page.get_by_text("No photos yet")).to_be_visible()
    expect(open_account(page)).to_contain_text("88 of 100 left")


def test_updates_the_quota_after_uploads(page: Page, new_file: NewFile) -> None:
    expect(page.locator("#quota")).to_have_text("Uploads left: 2,000 today, 20,000 this month.")
    page.set_input_files("#files", [new_file(), new_file()])
    expect(page.locator("#quota")).to_have_text("Uploads left: 1,998 today, 19,998 this month.")


def test_loads_the_quota_again_when_the_day_ends(page: Page, stack: Stack, api_url: str) -> None:
    page.clock.install()
    library = with_quota(page, stack, 100, 200)
    library.quota["day"]["resetsAt"] = (datetime.now(UTC) + timedelta(minutes=3)).isoformat()
    page.reload()
    expect(page.locator("#quota")).to_contain_text("none today")
    freeze_clock(page)
    library.quota = quota(0, 200)
    requests = record_requests(page, url=f"{api_url}/labels")
    page.clock.run_for(90_000)
    assert requests == []
    while not requests:
        page.clock.run_for(5_000)  # less than the timeout of a request
    expect(page.locator("#quota")).to_have_text("Uploads left: 100 today, 800 this month.")


def test_says_before_sending_that_the_quota_is_too_small(page: Page, stack: Stack) -> None:
    library = with_quota(page, stack, 88, 200)
    uploads = FakeUploads(library, allowed=12).serve(page)
    expect(page.locator("#quota")).to_contain_text("12 today")
    page.set_input_files("#files", tiny_files(40))
    expect(page.get_by_role("status").filter(has_text="You chose")).to_have_text(SHORTAGE)
    expect_summary(page, "12 photos uploaded, 28 failed")
    assert uploads.accepted == 12


@pytest.mark.parametrize(
    ("day", "month", "count", "text"),
    [
        (90, 90, 10, ""),
        (90, 90, 11, "You chose 11 photos, but only 10 can be uploaded today."),
        (12, 995, 40, "You chose 40 photos, but only 5 can be uploaded this month."),
        (100, 100, 1, "You chose 1 photo, but none can be uploaded today."),
        (0, 1000, 2, "You chose 2 photos, but none can be uploaded this month."),
    ],
)
def test_names_the_period_whose_limit_is_too_small(
    page: Page, stack: Stack, day: int, month: int, count: int, text: str
) -> None:
    FakeUploads(with_quota(page, stack, day, month)).serve(page)
    expect(page.locator("#quota")).to_contain_text("Uploads left")
    page.set_input_files("#files", tiny_files(count))
    expect(page.locator("#notice")).to_have_text(text and f"{text} Photos you uploaded before don’t count.")


def test_files_that_wait_use_the_quota_too(page: Page, stack: Stack) -> None:
    page.clock.install()
    library = with_quota(page, stack, 60, 60)
    uploads = FakeUploads(library, allowed=0, refusal="rate-limited").serve(page)
    expect(page.locator("#quota")).to_contain_text("40 today")
    page.set_input_files("#files", tiny_files(30))
    wait_until(page, lambda: uploads.refused > 0)
    freeze_clock(page)
    page.set_input_files("#files", tiny_files(20, start=30))
    expect(page.locator("#notice")).to_contain_text("You chose 20 photos, but only 10 can be uploaded today.")


def test_keeps_what_is_said_about_a_folder(page: Page, stack: Stack) -> None:
    library = with_quota(page, stack, 99, 99)
    FakeUploads(library).serve(page)
    expect(page.locator("#quota")).to_contain_text("1 today")
    page.evaluate("document.querySelector('#notice').textContent = 'Added 2 photos.'")
    page.evaluate("""() => {
      const files = [new File(["1"], "1.jpg"), new File(["2"], "2.jpg")];
      document.dispatchEvent(new CustomEvent("files-chosen", {detail: {files}}));
    }""")
    expect(page.locator("#notice")).to_contain_text("Added 2 photos. You chose 2 photos, but only 1 can be")


def test_loads_the_quota_when_an_upload_is_refused(page: Page, stack: Stack) -> None:
    library = with_quota(page, stack, 12, 12)
    FakeUploads(library, 0).serve(page)
    expect(page.locator("#quota")).to_contain_text("88 today")
    library.quota["day"]["used"] = 100  # in another tab
    page.set_input_files("#files", tiny_files(1))
    expect(page.locator("#quota")).to_contain_text("none today")
