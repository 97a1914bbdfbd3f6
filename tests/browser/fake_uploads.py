"""A fake `POST /uploads` with limits, so that a test knows exactly which request is refused."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.browser.fake_library import fulfill_json, fulfill_problem
from tests.browser.support import fulfill

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page, Route

    from tests.browser.fake_library import FakeLibrary

RATE_SENTENCE = "You have reached the limit of 600 uploads a minute. Try again in 30 seconds."
QUOTA_SENTENCE = (
    "You have reached the limit of 100 uploads a day. Upload more after 00:00 UTC on November 27."
)
CEILING_SENTENCE = (
    "The cost of recognition has reached its limit for this month. Try again after 00:00 UTC on December 1."
)
SENTENCES = {
    "rate-limited": RATE_SENTENCE,
    "quota-exceeded": QUOTA_SENTENCE,
    "ceiling-reached": CEILING_SENTENCE,
}


@dataclass
class FakeUploads:
    """Accepts requests while `allowed` lasts, then refuses them by the code `refusal`.

    With `renews`, as many are allowed again once Retry-After has passed. Accepted images are recognized at
    once. Use the page of a library that is served already.
    """

    library: FakeLibrary
    allowed: int = 1000
    refusal: str = "quota-exceeded"
    retry_after: int = 30  # seconds
    renews: bool = False
    accepted: int = 0
    refused: int = 0
    _limit: int = field(init=False)
    _renews_at: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._limit = self.allowed

    def serve(self, page: Page) -> FakeUploads:
        api, aws = (url.rstrip("/") for url in (self.library.stack.api_url, self.library.stack.aws_url))
        page.route(f"{api}/uploads", self._create)
        page.route(re.compile(rf"{re.escape(aws)}/fake/upload$"), lambda route: fulfill(route))
        return self

    def _create(self, route: Route) -> None:
        if self._renews_at and time.monotonic() >= self._renews_at:
            self.allowed, self._renews_at = self._limit, None
        if self.allowed == 0:
            self.refused += 1
            if self.renews:
                self._renews_at = self._renews_at or time.monotonic() + self.retry_after
            fulfill_problem(route, 429, self.refusal, SENTENCES[self.refusal], self.retry_after)
            return
        self.allowed -= 1
        self.accepted += 1
        request = json.loads(route.request.post_data or "")
        image = self.library.add(request["sha256"], request["fileName"])
        self.library.quota["day"]["used"] += 1
        url = f"{self.library.stack.aws_url.rstrip('/')}/fake/upload"
        upload = {"method": "PUT", "url": url, "headers": {}, "expiresAt": "2100-01-01T00:00:00.000Z"}
        fulfill_json(route, {"image": image | {"status": "pending", "labels": []}, "upload": upload})


def tiny_files(count: int, start: int = 0) -> list[FilePayload]:
    """Make files that only `FakeUploads` accepts."""
    return [
        {"name": f"cat {number}.jpg", "mimeType": "image/jpeg", "buffer": b"%d" % number}
        for number in range(start, start + count)
    ]
