"""A real Chromium against the real local stack, which sends a strict content security policy."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect, sync_playwright

from local.sign_in.users import USERS
from local.stack import Stack
from tests.browser.support import sign_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 30_000  # milliseconds, for a machine with much else to do
expect.set_options(timeout=PATIENCE)

SAMPLES = Path(__file__).parents[2] / "samples"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
# Notes each phase of an upload and each value of its bar: some pass too quickly to be polled for.
RECORDER = """
window.phases = []; window.bars = [];
new MutationObserver((changes) => {
  for (const {target, attributeName, addedNodes} of changes) {
    const row = target.closest?.(".upload");
    if (attributeName === "value" && row) window.bars.push([row.dataset.phase, target.value]);
    const added = [...addedNodes].filter((node) => node.matches?.(".upload"));
    const rows = attributeName === "data-phase" ? [row].filter(Boolean) : added;
    for (const row of rows) {
      const phase = row.dataset.phase;
      if (window.phases.at(-1) !== phase) window.phases.push(phase);
    }
  }
}).observe(document, {subtree: true, childList: true, attributeFilter: ["data-phase", "value"]});
"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if executable is None:
        pytest.fail("Chromium is missing. Install it (apt-get install chromium) or set CHROMIUM to its path.")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", *QUIET])
        yield running
        running.close()


# Waits become so much shorter, where a test is about what comes after several of them; not those of ten
# seconds and more, after which something is given up or taken away.
HURRY = """
const later = window.setTimeout;
window.setTimeout = (work, wait = 0) => later(work, wait < 10_000 ? wait / 20 : wait);
"""


@pytest.fixture
def nothing_yet(stack: Stack) -> None:
    """Nobody has a picture: the gallery would show, and ask about, what other tests have left."""
    dynamodb, table = stack.client("dynamodb"), stack.template.outputs["CatalogTableName"]
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ProjectionExpression="pk, sk"):
        for key in page["Items"]:
            if any(user.sub in key["pk"]["S"] for user in USERS.values()):
                dynamodb.delete_item(TableName=table, Key=key)


@pytest.fixture
def open_page(browser: Browser, stack: Stack, nothing_yet: None) -> Iterator[Callable[..., Page]]:
    """Opens the page in a context of its own, signed in as a user, or as nobody with None.

    A policy violation or a script's error fails the test.
    """
    faults: list[str] = []
    contexts = []

    def lost(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # by leaving the page
            faults.append(f"{request.url}: {request.failure}")

    def opened(
        width: int = 1280,
        height: int = 900,
        *,
        user: str | None = "alice",
        at: str = "",
        hurry: bool = False,
        **options: Any,
    ) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=stack.page_url.rstrip("/"))
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.add_init_script(RECORDER + HURRY if hurry else RECORDER)
        page.on(
            "requestfailed", lambda request: lost(request) if request.url.startswith(stack.page_url) else None
        )
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if is_fault(message.text) else None)
        page.goto(stack.page_url + at)
        if user:
            sign_in(page, user)
        return page

    yield opened
    for context in contexts:
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")  # the gallery may just be asking about a picture
        context.close()
    assert faults == []


def is_fault(text: str) -> bool:
    return "Content Security Policy" in text or "preload" in text


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


def jpeg_comment(text: str) -> bytes:
    return b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text.encode()


@pytest.fixture
def fresh() -> Callable[..., dict[str, Any]]:
    """A sample in bytes that nobody has uploaded yet: the same pixels, another comment in the file."""

    def made(name: str = "astronaut.jpg") -> dict[str, Any]:
        data = (SAMPLES / name).read_bytes()
        return {
            "name": name,
            "mimeType": "image/jpeg",
            "buffer": data[:2] + jpeg_comment(uuid.uuid4().hex) + data[2:],
        }

    return made


@pytest.fixture
def everything() -> dict[str, Any]:
    """A result of every detector, for a picture of 512 × 512."""
    document: dict[str, Any] = json.loads((Path(__file__).parent / "everything.json").read_text())
    return document


@pytest.fixture
def answer_with(stack: Stack) -> Callable[..., None]:
    """Lets GET /images answer with another result, once the real one is there."""

    def routed(page: Page, changes: dict[str, Any], **image: Any) -> None:
        def answer(route: Route) -> None:
            response = route.fetch()
            body = response.json()
            if body["image"]["status"] == "done":
                body["result"] = {**body["result"], **changes}
                body["image"] = {**body["image"], **image}
            route.fulfill(response=response, json=body)

        page.route(f"{stack.api_url.rstrip('/')}/images/*", answer)

    return routed


@pytest.fixture
def uploads(stack: Stack) -> str:
    return f"{stack.api_url.rstrip('/')}/uploads"


@pytest.fixture
def images(stack: Stack) -> str:
    return f"{stack.api_url.rstrip('/')}/images/*"


@pytest.fixture
def objects(stack: Stack) -> str:
    """Where pictures are sent; thumbnails come from another bucket."""
    return f"{stack.aws_url.rstrip('/')}/{stack.template.outputs['InputBucketName']}/**"
