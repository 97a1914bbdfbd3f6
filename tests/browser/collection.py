"""A collection of any size, in place of the API's answers: what a page shows of it is then exactly known."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from PIL import Image

from tests.browser.support import answered

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from local.stack import Stack

NEWEST = datetime(2026, 11, 20, 12, tzinfo=UTC)
FACE = {"Left": 0.25, "Top": 0.25, "Width": 0.5, "Height": 0.5}


def image_id(number: int) -> str:
    return f"{number:064x}"


@dataclass
class Collection:
    """Pictures 0, 1, 2 …, the newest first; each third shows a cat, each tenth a person."""

    stack: Stack
    size: int
    page_size: int = 100  # fewer than asked for is allowed
    empty_first: bool = False  # even none
    images: dict[str, dict[str, Any]] = field(init=False)
    lists: list[dict[str, str]] = field(default_factory=list)  # what was asked for
    asked: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    expired: set[str] = field(default_factory=set)  # ends of addresses that are good no more
    reachable: bool = True  # for the list
    refusal: tuple[int, str, str] | None = None  # of DELETE: status, code, detail
    generation: str = "first"  # of the links

    def __post_init__(self) -> None:
        self.images = {image_id(number): self._image(number) for number in range(self.size)}
        self._thumbnail = picture()

    def serve(self, page: Page) -> Collection:
        """Answer for the API from now on, and load the page anew."""
        api, aws = (re.escape(url.rstrip("/")) for url in (self.stack.api_url, self.stack.aws_url))
        page.route(re.compile(rf"{api}/images(\?|$)"), self._list)
        page.route(re.compile(rf"{api}/images/"), self._one)
        page.route(re.compile(rf"{api}/labels"), self._labels)
        page.route(re.compile(rf"{aws}/fake/"), self._link)
        page.reload()
        return self

    def change(self, number: int, **fields: Any) -> None:
        self.images[image_id(number)] |= fields

    def fail(self, number: int, message: str) -> None:
        reason = {"code": "not-an-image", "message": message}
        self.change(number, status="failed", reason=reason, labels=[], width=None, height=None)

    def pend(self, number: int, uploaded_at: datetime | None = None) -> None:
        at = uploaded_at or datetime.now(UTC) + timedelta(minutes=1)  # newer than all others
        fields: dict[str, Any] = {"labels": [], "width": None, "height": None, "processedAt": None}
        self.change(number, status="pending", uploadedAt=_time(at), **fields)

    def finish(self, number: int) -> None:
        self.images[image_id(number)] = self._image(number)

    def _image(self, number: int) -> dict[str, Any]:
        names = [name for name, each in (("Person", 10), ("Cat", 3)) if number % each == 0]
        at = _time(NEWEST - timedelta(minutes=number))
        return {
            "id": image_id(number),
            "status": "done",
            "fileName": f"picture-{number}.jpg",
            "contentType": "image/jpeg",
            "size": 43_123,
            "width": 400,
            "height": 400,
            "uploadedAt": at,
            "processedAt": at,
            "labels": [{"name": name, "confidence": 98.5} for name in names],
        }

    def _list(self, route: Route) -> None:
        if not self.reachable:
            route.abort("internetdisconnected")
            return
        query = {name: values[0] for name, values in parse_qs(urlsplit(route.request.url).query).items()}
        self.lists.append(query)
        label = query.get("label", "").lower()
        found = [one for one in self.images.values() if not label or label in _names(one)]
        if self.empty_first and "cursor" not in query:
            _answer(route, {"images": [], "cursor": "0"})
            return
        start = int(query.get("cursor", "0"))
        end = start + min(self.page_size, int(query["limit"]))
        listed = [one | {"thumbnailUrl": self._url("thumbnail", one)} for one in found[start:end]]
        _answer(route, {"images": listed, "cursor": str(end) if end < len(found) else None})

    def _one(self, route: Route) -> None:
        identity = urlsplit(route.request.url).path.rpartition("/")[2]
        if route.request.method == "DELETE":
            self._delete(route, identity)
            return
        self.asked.append(identity)
        image = self.images.get(identity)
        if image is None:
            _refuse(route, 404, "not-found", "This picture doesn't exist. It may have been deleted.")
            return
        links = {kind: self._url(kind, image) for kind in ("original", "thumbnail", "result")}
        done = image["status"] == "done"
        result = {"SchemaVersion": 1, "Labels": [_label(one) for one in image["labels"]]} if done else None
        _answer(route, {"image": image, "result": result, "links": links if done else {}})

    def _delete(self, route: Route, identity: str) -> None:
        if self.refusal:
            _refuse(route, *self.refusal)
            return
        self.deleted.append(identity)
        self.images.pop(identity, None)
        answered(route, status=204)

    def _labels(self, route: Route) -> None:
        counts = Counter(label["name"] for one in self.images.values() for label in one["labels"])
        labels = [{"name": name, "count": count} for name, count in counts.most_common()]
        month = {"images": len(self.images), "billedCalls": 4 * len(self.images)}
        _answer(route, {"labels": labels, "thisMonth": month})

    def _link(self, route: Route) -> None:
        if route.request.url.rpartition("/")[2] in self.expired:
            answered(route, status=403)
        else:
            answered(route, body=self._thumbnail, content_type="image/png")

    def _url(self, kind: str, image: dict[str, Any]) -> str | None:
        if image["status"] != "done":
            return None
        return f"{self.stack.aws_url.rstrip('/')}/fake/{kind}/{image['id'][-6:]}/{self.generation}"


def picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (40, 40), "teal").save(data, "PNG")
    return data.getvalue()


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.000Z"


def _names(image: dict[str, Any]) -> list[str]:
    return [label["name"].lower() for label in image["labels"]]


def _label(label: dict[str, Any]) -> dict[str, Any]:
    boxes = [{"BoundingBox": FACE, "Confidence": 98.5}]
    return {"Name": label["name"], "Confidence": 98.5, "Parents": [], "Instances": boxes}


def _answer(route: Route, body: dict[str, Any]) -> None:
    answered(route, body=json.dumps(body), content_type="application/json")


def _refuse(route: Route, status: int, code: str, detail: str) -> None:
    body = {"type": "about:blank", "title": "No", "status": status, "code": code, "detail": detail}
    answered(route, status=status, body=json.dumps(body), content_type="application/problem+json")
