"""How the page looks and loads: any width, both schemes, for everybody, small and in one round."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.collection import Collection
from tests.browser.support import show, sign_in, violations

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.stack import Stack
    from tests.browser.support import Answer, Document, Fresh


WEB = Path(__file__).parents[2] / "web"
LARGEST = 120_000  # bytes, uncompressed
LARGEST_COMPRESSED = 35_000


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_from_the_welcome_to_the_result(
    open_page: Callable[..., Page],
    fresh: Fresh,
    everything: Document,
    answer_with: Answer,
    images: str,
    scheme: str,
    width: int,
) -> None:
    page = open_page(width=width, user=None, color_scheme=scheme, reduced_motion="reduce")
    expect(page.locator("#welcome")).to_be_visible()
    assert violations(page) == [], "welcome"

    sign_in(page, "alice")
    assert violations(page) == [], "start"

    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route(images, hold)
    page.set_input_files("#files", fresh())
    expect(page.locator(".upload")).to_have_attribute("data-phase", "recognizing")
    assert violations(page) == [], "busy"

    flags = [{"Name": "Alcohol", "ParentName": "", "Confidence": 91.0}]
    failed = {"custom": {"Code": "x", "Message": "Not running."}}
    answer_with(page, everything | {"ModerationLabels": flags, "Errors": failed})
    page.unroute(images, hold)
    for route in held:  # the gallery asks as well
        route.fallback()
    viewer = page.locator("#viewer")
    expect(viewer).to_have_attribute("data-ready", "")
    assert violations(page) == [], "covered"

    viewer.get_by_role("button", name="View photo").click()
    viewer.get_by_role("button", name="Helmet").click()
    viewer.get_by_text("View JSON").click()
    assert violations(page) == [], "drawn"

    page.keyboard.press("Escape")
    page.set_input_files("#files", {"name": "empty.jpg", "mimeType": "image/jpeg", "buffer": b""})
    expect(page.locator(".upload[data-phase=failed] .error-box")).to_be_visible()
    assert violations(page) == [], "failed"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_in_a_collection(
    open_page: Callable[..., Page], stack: Stack, images: str, scheme: str, width: int
) -> None:
    page = open_page(width=width, color_scheme=scheme, reduced_motion="reduce")
    collection = Collection(stack, 30)
    collection.fail(1, "The picture is damaged.")
    collection.pend(2)
    collection.pend(3, uploaded_at=datetime(2026, 1, 1, tzinfo=UTC))
    collection.serve(page)
    expect(page.locator(".tile").first).to_be_visible()
    expect(page.locator(".label")).to_have_count(2)
    page.locator("#search").fill("person")  # opens the labels, where they are closed
    expect(page.locator(".label:visible")).to_have_count(1)
    assert violations(page) == [], "gallery"

    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route(images, hold)
    page.get_by_role("link", name=re.compile(r"^picture-0\.jpg")).click()
    viewer = page.locator("#viewer")
    expect(viewer).to_contain_text("Loading…")
    assert violations(page) == [], "loading"

    page.unroute(images, hold)
    for route in held:
        route.fallback()
    expect(viewer).to_have_attribute("data-ready", "")
    page.keyboard.press("+")
    assert violations(page) == [], "zoomed"

    page.keyboard.press("Delete")
    page.locator(".toast button").focus()  # the notice stays
    expect(viewer.locator(".error-box")).to_be_visible()
    assert violations(page) == [], "failed, and a deletion"


@pytest.mark.parametrize("width", [320, 768, 1440, 3840])
def test_nothing_is_wider_than_the_window(
    open_page: Callable[..., Page],
    fresh: Fresh,
    everything: Document,
    answer_with: Answer,
    width: int,
) -> None:
    page = open_page(width=width, height=720, user=None)
    expect(page.locator("#welcome")).to_be_visible()
    assert fits(page), "welcome"
    sign_in(page, "alice")
    assert fits(page), "start"
    answer_with(page, everything)
    name = "a-very-long-name-without-a-single-space-" * 4
    viewer = show(page, fresh() | {"name": f"{name}.jpg"})
    viewer.get_by_text("View JSON").click()
    assert fits(page), "viewer"
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    assert fits(page), "done"
    page.set_input_files("#files", {"name": f"{name}.png", "mimeType": "image/png", "buffer": b""})
    expect(page.locator(".upload[data-phase=failed] .error-box")).to_be_visible()
    assert fits(page), "failed"


def test_a_long_address_of_a_person_is_cut_on_a_phone(open_page: Callable[..., Page]) -> None:
    page = open_page(width=320)
    name = page.locator("#account-name")
    name.evaluate(
        "(name) => { name.textContent = 'somebody.with.a.long.name@' + 'a.long.domain.'.repeat(5); }"
    )
    assert fits(page)
    out = page.get_by_role("button", name="Sign out")
    expect(out).to_be_in_viewport(ratio=1)
    assert out.evaluate("(button) => button.getBoundingClientRect().height") < 44  # one line


def test_the_schemes_differ(open_page: Callable[..., Page]) -> None:
    light, dark = (
        open_page(color_scheme=scheme)
        .locator("body")
        .evaluate("(body) => getComputedStyle(body).backgroundColor")
        for scheme in ("light", "dark")
    )
    assert (light, dark) == ("rgb(251, 248, 243)", "rgb(21, 20, 18)")


def test_a_script_from_right_to_left_mirrors_the_page_but_not_the_picture(
    page: Page, fresh: Fresh, everything: Document, answer_with: Answer
) -> None:
    answer_with(page, everything)
    page.evaluate("document.documentElement.dir = 'rtl'")
    viewer = show(page, fresh())

    def left(selector: str, text: str = "") -> float:
        box = viewer.locator(selector, has_text=text).first.bounding_box()
        assert box is not None
        return box["x"]

    assert left(".viewer-panel") < left(".image-view")
    assert left(".box", "Flag") == pytest.approx(left(".image-view-img"), abs=1)
    row = '.item[data-name="Person"]'
    assert left(f"{row} .item-value") < left(f"{row} .item-name")
    assert left("[aria-label='Delete']") < left("[aria-label='Close']")
    assert fits(page)


SHIFTS = """() => {
  window.shifts = [];
  const named = ({node}) => node?.id || node?.className || node?.nodeName;
  const note = ({value, sources}) => window.shifts.push([value, ...sources.map(named)]);
  new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({type: "layout-shift"});
}"""


def shifts(page: Page) -> list[list[Any]]:
    """What moved, the farthest first, when it was more than anybody would notice."""
    moved: list[list[Any]] = sorted(page.evaluate("window.shifts"), reverse=True)
    return moved if sum(value for value, *_ in moved) >= 0.01 else []


def in_work(page: Page, fresh: Fresh, images: str, *names: str) -> Callable[[], None]:
    """Uploads pictures beside others that are like them, and returns how to let their results come."""
    page.set_input_files("#files", [fresh("chelsea.jpg"), fresh("astronaut.jpg")])
    expect(page.locator(".upload[data-phase=done]")).to_have_count(2)
    for label in ("Cat", "Person"):
        expect(page.locator(f".label[data-name={label}]")).to_be_visible()
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route(images, hold)
    page.set_input_files("#files", [fresh(name) for name in names])
    expect(page.locator(".upload[data-phase=recognizing]")).to_have_count(len(names))
    expect(page.locator(".tile[data-status=pending]")).to_have_count(len(names))

    def let_go() -> None:
        page.evaluate(SHIFTS)
        page.unroute(images, hold)
        for route in held:
            route.fallback()

    return let_go


def test_the_results_of_several_pictures_move_nothing(
    open_page: Callable[..., Page], fresh: Fresh, images: str
) -> None:
    page = open_page(height=1000)
    let_go = in_work(page, fresh, images, "chelsea.jpg", "astronaut.jpg")
    let_go()
    expect(page.locator(".upload[data-phase=done]")).to_have_count(2)
    expect(page.locator(".tile[data-status=pending]")).to_have_count(0)
    assert shifts(page) == []


def test_the_result_of_one_picture_moves_nothing(
    open_page: Callable[..., Page], fresh: Fresh, everything: Document, answer_with: Answer, images: str
) -> None:
    page = open_page(height=1000)
    let_go = in_work(page, fresh, images, "chelsea.jpg")
    answer_with(page, everything)
    let_go()
    expect(page.locator("#viewer")).to_have_attribute("data-ready", "")
    expect(page.locator(".image-view-img")).to_have_js_property("naturalWidth", 451)
    assert shifts(page) == []


class References(HTMLParser):
    """What index.html asks the browser to load, and what a strict policy would forbid in it."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.forbidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "link" or (tag == "script" and "src" in values):
            self.loads.append(values.get("href") or values.get("src") or "")
        elif tag in ("script", "style"):
            self.forbidden.append(tag)
        self.forbidden += [f"{tag} {name}" for name, _ in attrs if name == "style" or name.startswith("on")]


def test_everything_is_asked_for_in_one_round() -> None:
    references = References()
    references.feed((WEB / "index.html").read_text())
    files = {
        path.relative_to(WEB).as_posix()
        for path in WEB.rglob("*")
        if path.is_file() and path.name != "index.html"
    }

    assert references.forbidden == []
    assert sorted(references.loads) == sorted(files | {"config.json"})


def test_the_page_is_small_and_its_modules_too() -> None:
    files = [path for path in WEB.rglob("*") if path.is_file()]
    content = b"".join(path.read_bytes() for path in sorted(files))
    assert len(content) < LARGEST
    assert len(gzip.compress(content)) < LARGEST_COMPRESSED
    assert {
        path.name for path in files if path.suffix == ".js" and len(path.read_text().splitlines()) >= 200
    } == set()


def test_no_module_makes_markup_from_text() -> None:
    unsafe = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|localStorage")
    assert [path.name for path in (WEB / "scripts").glob("*.js") if unsafe.search(path.read_text())] == []
