"""A fake API with a library of any size, so that a test knows exactly what the page must show."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

from PIL import Image

from tests.browser.fake_edits import act, annotate, reopen
from tests.browser.fake_search import InvalidQueryError, search, suggest
from tests.browser.support import NOT_FOUND, fulfill

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from local.stack import Stack
    from tests.browser.support import Json

CHANGED = "This picture was changed in the meantime."
NEWEST = datetime(2026, 11, 20, 12, tzinfo=UTC)
FACE = {"Left": 0.25, "Top": 0.25, "Width": 0.5, "Height": 0.5}


def image_id(number: int) -> str:
    return f"{number:064x}"


@dataclass
class FakeLibrary:
    """Images 0, 1, 2 …, newest first. Every third has the label Cat, every tenth the label Person."""

    stack: Stack
    size: int
    page_size: int = 100  # the API may return fewer images than the limit
    first_page_empty: bool = False  # or even none
    images: dict[str, Json] = field(init=False)
    list_queries: list[dict[str, str]] = field(default_factory=list)
    term_queries: list[dict[str, str]] = field(default_factory=list)
    requested_ids: list[str] = field(default_factory=list)
    deleted_ids: list[str] = field(default_factory=list)
    retried_ids: list[str] = field(default_factory=list)
    patches: list[tuple[str, Json, str | None]] = field(default_factory=list)  # id, body, If-Match
    batches: list[Json] = field(default_factory=list)
    batch_problems: dict[str, tuple[int, str, str]] = field(default_factory=dict)  # by id
    similar: dict[str, list[str]] = field(default_factory=dict)  # ids, by id
    results: dict[str, Json] = field(default_factory=dict)  # what is added to a result, by id
    link_generation: str = "first"  # the end of each link's URL
    expired_generations: set[str] = field(default_factory=set)
    missing_kinds: set[str] = field(default_factory=set)  # of objects that are gone: "preview" …
    list_reachable: bool = True
    delete_problem: tuple[int, str, str] | None = None  # status, code, detail
    retry_problem: tuple[int, str, str] | None = None
    quota: Json = field(default_factory=lambda: quota())

    def __post_init__(self) -> None:
        self.images = {image_id(number): self._image(number) for number in range(self.size)}
        self._thumbnail = png()

    def serve(self, page: Page) -> Self:
        """Replace the API from now on, and reload the page."""
        api, aws = (re.escape(url.rstrip("/")) for url in (self.stack.api_url, self.stack.aws_url))
        page.route(re.compile(rf"{api}/images(\?|$)"), self._list)
        page.route(re.compile(rf"{api}/images/"), self._image_by_id)
        page.route(re.compile(rf"{api}/images/batch$"), self._batch)
        page.route(re.compile(rf"{api}/images/\w+/similar"), self._similar)
        page.route(re.compile(rf"{api}/labels"), self._labels)
        page.route(re.compile(rf"{api}/terms"), self._terms)
        page.route(re.compile(rf"{aws}/fake/"), self._object)
        page.reload()
        return self

    def add(self, identifier: str, file_name: str) -> Json:
        """Add a recognized image, newer than all others."""
        at = _time(datetime.now(UTC) + timedelta(minutes=1))
        image = self._image(0) | {"id": identifier, "fileName": file_name, "uploadedAt": at}
        self.images = {identifier: image, **self.images}
        return image

    def change(self, number: int, **fields: Any) -> None:
        self.images[image_id(number)] |= fields

    def set_failed(self, number: int, message: str, code: str = "not-an-image") -> None:
        reason = {"code": code, "message": message}
        self.change(number, status="failed", reason=reason, labels=[], width=None, height=None)

    def set_pending(self, number: int, uploaded_at: datetime | None = None) -> None:
        at = uploaded_at or datetime.now(UTC) + timedelta(minutes=1)  # newer than all others
        fields: Json = {"labels": [], "width": None, "height": None, "processedAt": None}
        self.change(number, status="pending", uploadedAt=_time(at), **fields)

    def set_done(self, number: int) -> None:
        self.images[image_id(number)] = self._image(number)

    def listed(self, image: Json) -> Json:
        return image | {"thumbnailUrl": self._link("thumbnail", image)}

    def _image(self, number: int) -> Json:
        names = [name for name, interval in (("Person", 10), ("Cat", 3)) if number % interval == 0]
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
            "flags": [],
            "takenAt": None,
            "camera": None,
            "people": None,
            "colors": [],
            "tags": [],
            "favorite": False,
            "caption": None,
            "decision": None,
            "boxes": [],
            "revision": 1,
        }

    def _list(self, route: Route) -> None:
        if not self.list_reachable:
            route.abort("internetdisconnected")
            return
        query = _query(route)
        self.list_queries.append(query)
        try:
            found = search(self.images.values(), query.get("q", ""))
        except InvalidQueryError as error:
            fulfill_problem(route, 400, "invalid-query", str(error), position=error.position)
            return
        order = query.get("order", "added")
        if order == "taken":
            found.sort(key=lambda image: _date(image, order), reverse=True)
        if "until" in query:
            found = [image for image in found if _date(image, order)[: len(query["until"])] <= query["until"]]
        if self.first_page_empty and "cursor" not in query:
            fulfill_json(route, {"images": [], "cursor": "0"})
            return
        start = int(query.get("cursor", "0"))
        end = start + min(self.page_size, int(query["limit"]))
        listed = [self.listed(image) for image in found[start:end]]
        fulfill_json(route, {"images": listed, "cursor": str(end) if end < len(found) else None})

    def _image_by_id(self, route: Route) -> None:
        identifier = urlsplit(route.request.url).path.split("/")[2]
        if route.request.method == "DELETE":
            self._delete(route, identifier)
            return
        if route.request.method == "POST":
            self._retry(route, identifier)
            return
        if route.request.method == "PATCH":
            self._patch(route, identifier)
            return
        self.requested_ids.append(identifier)
        image = self.images.get(identifier)
        if image is None:
            fulfill_problem(route, 404, "not-found", NOT_FOUND)
            return
        links = {kind: self._link(kind, image) for kind in ("original", "preview", "thumbnail", "result")}
        done = image["status"] == "done"
        result = (
            {"SchemaVersion": 1, "Labels": [_result_label(label) for label in image["labels"]]}
            if done
            else None
        )
        if result is not None:
            result |= self.results.get(identifier, {})
        fulfill_json(route, {"image": image, "result": result, "links": links if done else {}})

    def _delete(self, route: Route, identifier: str) -> None:
        if self.delete_problem:
            fulfill_problem(route, *self.delete_problem)
            return
        self.deleted_ids.append(identifier)
        self.images.pop(identifier, None)
        fulfill(route, status=204)

    def _retry(self, route: Route, identifier: str) -> None:
        if self.retry_problem:
            fulfill_problem(route, *self.retry_problem)
            return
        self.retried_ids.append(identifier)
        image = self.images[identifier]
        reopen(image)
        fulfill_json(route, {"image": image})

    def _patch(self, route: Route, identifier: str) -> None:
        body = json.loads(route.request.post_data or "")
        if_match = route.request.headers.get("if-match")
        self.patches.append((identifier, body, if_match))
        image = self.images[identifier]
        if if_match not in (None, f'"{image["revision"]}"'):
            fulfill_problem(route, 412, "changed", CHANGED)
            return
        annotate(image, body)
        fulfill_json(route, {"image": image})

    def _batch(self, route: Route) -> None:
        body = json.loads(route.request.post_data or "")
        self.batches.append(body)
        fulfill_json(route, {"results": [act(self, identifier, body) for identifier in body["ids"]]})

    def _similar(self, route: Route) -> None:
        identifier = urlsplit(route.request.url).path.split("/")[2]
        found = [self.images[other] for other in self.similar.get(identifier, []) if other in self.images]
        listed = [
            image | {"thumbnailUrl": self._link("thumbnail", image), "distance": distance}
            for distance, image in enumerate(found)
        ]
        fulfill_json(route, {"images": listed, "cursor": None})

    def _terms(self, route: Route) -> None:
        query = _query(route)
        self.term_queries.append(query)
        fulfill_json(route, {"terms": suggest(self.images.values(), query)})

    def _labels(self, route: Route) -> None:
        images = self.images.values()
        counts = Counter(label["name"] for image in images for label in image["labels"])
        categories = {label["name"]: label.get("category") for image in images for label in image["labels"]}
        labels = [
            {"name": name, "count": count, "category": categories[name]}
            for name, count in counts.most_common()
        ]
        colors = Counter(color for image in images for color in image["colors"])
        size = len(self.images)
        month = {"images": size, "billedCalls": 4 * size, "estimatedCost": 0.004 * size}
        body = {
            "labels": labels,
            "colors": [{"name": name, "count": count} for name, count in colors.most_common()],
            "library": library_counts(list(images)),
            "thisMonth": month,
            "quota": self.quota,
        }
        fulfill_json(route, body)

    def _object(self, route: Route) -> None:
        kind, _, generation = urlsplit(route.request.url).path.split("/")[-3:]
        if generation in self.expired_generations:
            fulfill(route, status=403)
        elif kind in self.missing_kinds:
            fulfill(route, status=404)
        else:
            fulfill(route, body=self._thumbnail, content_type="image/png")

    def _link(self, kind: str, image: Json) -> str | None:
        if image["status"] != "done":
            return None
        return f"{self.stack.aws_url.rstrip('/')}/fake/{kind}/{image['id'][-6:]}/{self.link_generation}"


def library_counts(images: list[Json]) -> Json:
    added = [image["uploadedAt"] for image in images]
    taken = [image["takenAt"] or image["uploadedAt"] for image in images]
    return {
        "images": len(images),
        "favorites": sum(image["favorite"] for image in images),
        "review": sum(bool(image.get("review")) for image in images),
        "failed": sum(image["status"] == "failed" for image in images),
        "hidden": sum((image["decision"] or {}).get("value") == "hidden" for image in images),
        "waiting": sum("waiting" in image for image in images),
        "months": {"added": _months(added), "taken": _months(taken)},
    }


def _months(times: list[str]) -> list[Json]:
    counts = Counter(time[:7] for time in times)
    return [{"month": month, "count": counts[month]} for month in sorted(counts, reverse=True)]


def quota(day: int = 12, month: int = 12) -> Json:
    """Return a quota of 100 uploads a day and 1,000 a month, from the numbers of those used."""
    return {
        "day": {"limit": 100, "used": day, "resetsAt": "2026-11-27T00:00:00.000Z"},
        "month": {"limit": 1000, "used": month, "resetsAt": "2026-12-01T00:00:00.000Z"},
    }


def png() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (40, 40), "teal").save(data, "PNG")
    return data.getvalue()


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.000Z"


def _date(image: Json, order: str) -> str:
    return str((image["takenAt"] if order == "taken" else None) or image["uploadedAt"])


def _query(route: Route) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(route.request.url).query).items()}


def _result_label(label: Json) -> Json:
    boxes = [{"BoundingBox": FACE, "Confidence": 98.5}]
    return {"Name": label["name"], "Confidence": 98.5, "Parents": [], "Instances": boxes}


def fulfill_json(route: Route, body: Json) -> None:
    fulfill(route, body=json.dumps(body), content_type="application/json")


def fulfill_problem(
    route: Route, status: int, code: str, detail: str, retry_after: int | None = None, **more: Any
) -> None:
    body = {"type": "about:blank", "title": "Problem", "status": status, "code": code, "detail": detail}
    body |= more
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    content_type = "application/problem+json"
    fulfill(route, status=status, body=json.dumps(body), content_type=content_type, headers=headers)
