"""Fixtures: a real Chromium, and the local stack, which sends the page's strict content security policy."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, Request, Route, expect, sync_playwright

from local.sign_in.user_pool import USERS
from local.stack import Stack
from tests.browser.modules import serve_sources
from tests.browser.support import Json, sign_in, upload_and_open

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.browser.support import NewFile, ReplaceResult

TIMEOUT_MS = 30_000  # generous, for a busy machine
expect.set_options(timeout=TIMEOUT_MS)

SAMPLES = Path(__file__).parents[2] / "web" / "samples"
EXPECTED_FAILURES = ("net::ERR_ABORTED", "net::ERR_INTERNET_DISCONNECTED")  # by a navigation, or a test
WINDOWED_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_NAMES = ("chromium-headless-shell", *WINDOWED_NAMES)  # the shell takes a third less CPU time
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Records the phases of an upload and the values of the meter of sent bytes. Some are too short to poll for.
RECORD_PHASES = """
window.phases = []; window.progress = [];
new MutationObserver((changes) => {
  for (const {target, attributeName, addedNodes} of changes) {
    const upload = target.closest?.(".upload");
    if (attributeName === "value" && target.id === "upload-sent") window.progress.push(target.value);
    const added = [...addedNodes].filter((node) => node.matches?.(".upload"));
    const uploads = attributeName === "data-phase" ? [upload].filter(Boolean) : added;
    for (const {dataset: {phase}} of uploads) {
      if (window.phases.at(-1) !== phase) window.phases.push(phase);
    }
  }
}).observe(document, {subtree: true, childList: true, attributeFilter: ["data-phase", "value"]});
"""
# Shortens delays, for tests of what happens after several retries. Timeouts of ten seconds and more stay.
SHORTEN_DELAYS = """
const {setTimeout} = window;
window.setTimeout = (work, delay = 0) => setTimeout(work, delay < 10_000 ? delay / 20 : delay);
"""


def find_chromium(names: Sequence[str] = CHROMIUM_NAMES) -> str | None:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = find_chromium()
    if executable is None:
        pytest.fail("Chromium is missing. Install it (apt-get install chromium) or set CHROMIUM to its path.")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGS)
        yield running
        running.close()


@pytest.fixture
def empty_catalog(stack: Stack) -> None:
    """Delete what other tests have left, which the gallery would show and poll."""
    dynamodb, table = stack.client("dynamodb"), stack.template.outputs["CatalogTableName"]
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ProjectionExpression="pk, sk"):
        for key in page["Items"]:
            if any(user.sub in key["pk"]["S"] for user in USERS.values()):
                dynamodb.delete_item(TableName=table, Key=key)


@pytest.fixture
def sources() -> None:
    """Make `open_page` load the modules as they are written, so that a test can import those of the page."""


@pytest.fixture
def open_page(
    request: pytest.FixtureRequest, browser: Browser, stack: Stack, empty_catalog: None
) -> Iterator[Callable[..., Page]]:
    """Open the page in a new browser context and sign in, unless `user` is None.

    The test fails if the page violates its content security policy, throws an error, or can't load a file.
    """
    faults: list[str] = []
    contexts = []

    def on_request_failed(request: Request) -> None:
        if request.url.startswith(stack.page_url) and request.failure not in EXPECTED_FAILURES:
            faults.append(f"{request.url}: {request.failure}")

    def open_(
        width: int = 1280,
        height: int = 900,
        *,
        user: str | None = "alice",
        at: str = "",
        short_delays: bool = False,
        **options: Any,
    ) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=stack.page_url.rstrip("/"))
        if "sources" in request.fixturenames:
            serve_sources(context, f"{stack.page_url.rstrip('/')}/")
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        page.add_init_script(RECORD_PHASES + SHORTEN_DELAYS if short_delays else RECORD_PHASES)
        page.on(
            "filechooser", lambda _: None
        )  # else one that opens at once after `expect_file_chooser` is missed
        page.on("requestfailed", on_request_failed)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if is_fault(message.text) else None)
        page.goto(stack.page_url + at)
        if user:
            sign_in(page, user)
        return page

    yield open_
    for context in contexts:
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")  # the gallery may be polling
        context.close()
    assert faults == []


def is_fault(text: str) -> bool:
    return "Content Security Policy" in text or "preload" in text


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


@pytest.fixture
def fast_page(open_page: Callable[..., Page]) -> Page:
    """The page with short delays between retries."""
    return open_page(short_delays=True)


@pytest.fixture(params=[320, 1280])
def appearance(request: pytest.FixtureRequest, color_scheme: str) -> Json:
    """Options of `open_page` for a phone and a desktop, each in light and dark mode."""
    return {"width": request.param, "color_scheme": color_scheme, "reduced_motion": "reduce"}


@pytest.fixture(params=["light", "dark"])
def color_scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def jpeg_comment(text: str) -> bytes:
    return b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text.encode()


@pytest.fixture
def new_file() -> Callable[..., FilePayload]:
    """Make a file that isn't uploaded yet: the pixels of a sample, and a unique JPEG comment."""

    def make(name: str = "astronaut.jpg") -> FilePayload:
        data = (SAMPLES / name).read_bytes()
        return {
            "name": name,
            "mimeType": "image/jpeg",
            "buffer": data[:2] + jpeg_comment(uuid.uuid4().hex) + data[2:],
        }

    return make


@pytest.fixture
def full_result() -> Json:
    """Results of every detector, for an image of 512 × 512 pixels."""
    document: Json = json.loads((Path(__file__).parent / "full_result.json").read_text())
    return document


@pytest.fixture
def replace_result(images_url: str) -> Callable[..., None]:
    """Replace fields of the result, and of the image, in responses of GET /images/{id}."""

    def replace(page: Page, result: Json, **image: Any) -> None:
        def respond(route: Route) -> None:
            if route.request.method != "GET":  # POST /images/batch
                route.fallback()
                return
            response = route.fetch()
            body = response.json()
            if body["image"]["status"] == "done":
                body["result"] = {**body["result"], **result}
                body["image"] = {**body["image"], **image}
            route.fulfill(response=response, json=body)

        page.route(images_url, respond)

    return replace


@pytest.fixture
def viewer(page: Page, new_file: NewFile, full_result: Json, replace_result: ReplaceResult) -> Locator:
    """The viewer of a photo that has results of every detector."""
    replace_result(page, full_result)
    return upload_and_open(page, new_file())


@pytest.fixture
def page_url(stack: Stack) -> str:
    return f"{stack.page_url.rstrip('/')}/"


@pytest.fixture
def api_url(stack: Stack) -> str:
    return stack.api_url.rstrip("/")


@pytest.fixture
def uploads_url(api_url: str) -> str:
    return f"{api_url}/uploads"


@pytest.fixture
def images_url(api_url: str) -> str:
    """A pattern that matches GET and DELETE of one image."""
    return f"{api_url}/images/*"


@pytest.fixture
def objects_url(stack: Stack) -> str:
    """A pattern that matches originals. Previews and thumbnails are in another bucket."""
    return f"{stack.aws_url.rstrip('/')}/{stack.template.outputs['InputBucketName']}/**"


@pytest.fixture
def token_url(stack: Stack) -> str:
    """The token endpoint of the sign-in provider."""
    return f"{stack.sign_in_url}/oauth2/token"
