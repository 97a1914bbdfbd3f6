"""The clients of a run: they upload, repeat and delete, and try again whatever fails."""

from __future__ import annotations

import hashlib
import heapq
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from requests import RequestException

from bench.chaos.plan import OWNERS, Upload
from local.http import send
from local.sign_in.user_pool import USERS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from requests import Response

    from local.stack import Stack

_ATTEMPTS = 30
_PAUSE = 0.2  # seconds between them
_FOLLOWERS = 4  # deletions and repeated uploads at a time
_MAX_IN_PROGRESS = 48
_NEVER_HANDLED = 0.03  # share of pictures, because their events are lost
_MAX_PAUSE = 4.0  # seconds
_ALREADY_STORED = 412  # the object exists, because an answer was lost
_ALREADY_DELETED = 404  # by an attempt whose answer was lost
_THIRD_SUB = "ca401000-3c55-4b0e-8a64-77d1c0ffee03"  # carol, who can't sign in but has a token


class Refused(Exception):
    """A request was refused, or failed every time."""


def owner_ids() -> dict[str, str]:
    """Return the ids of the plan's owners by name."""
    return {name: USERS[name].sub if name in USERS else _THIRD_SUB for name in OWNERS}


@dataclass
class Driver:
    """Makes the uploads of a plan against a running stack."""

    stack: Stack
    clients: int  # uploads at a time
    handled: Callable[[], int]  # how many pictures are done, failed or skipped so far
    refused: list[str] = field(default_factory=list)
    uploaded: int = 0
    asked_again: set[str] = field(default_factory=set)  # keys
    deleted: set[str] = field(default_factory=set)  # keys

    def __post_init__(self) -> None:
        self.subs = owner_ids()
        self._tokens = {name: self.stack.sign_in.token("alice", sub=sub) for name, sub in self.subs.items()}
        self._s3 = self.stack.client("s3")
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        self._lock = threading.Lock()

    def run(self, uploads: Sequence[Upload]) -> None:
        """Make all uploads, and what follows them."""
        # What follows an upload must not wait behind all other uploads, so it has clients of its own.
        with ThreadPoolExecutor(self.clients) as pool, ThreadPoolExecutor(_FOLLOWERS) as followers:
            futures = [pool.submit(self._try, upload, self._upload) for upload in uploads]
            while self._submit_due(followers, futures) or not all(future.done() for future in futures):
                time.sleep(0.2)
        for future in futures:
            future.result()

    def ask_again(self, uploads: Sequence[Upload], pending: set[str]) -> None:
        """Upload what is still pending once more, as a person would: its event may be lost."""
        for upload in uploads:
            key = upload.key(self.subs)
            if key in pending - self.asked_again:
                self.asked_again.add(key)
                self._try(upload, self._send_file)

    def counts(self, owner: str) -> tuple[dict[str, int], dict[str, int]]:
        """Return the counts of an owner's labels, and the totals of the month, as the API lists them."""
        body = self._call("GET", "/labels", owner).json()
        return {label["name"]: label["count"] for label in body["labels"]}, body["thisMonth"]

    def listed(self, owner: str, query: str = "") -> set[str]:
        """Return the ids on all pages of an owner's list."""
        ids: set[str] = set()
        cursor = None
        while True:
            following = f"&cursor={cursor}" if cursor else ""
            page = self._call("GET", f"/images?limit=100{query}{following}", owner).json()
            ids |= {image["id"] for image in page["images"]}
            cursor = page["cursor"]
            if not cursor:
                return ids

    def _submit_due(self, pool: ThreadPoolExecutor, futures: list[Future[None]]) -> bool:
        """Start what is due. Return whether more will follow."""
        with self._lock:
            while self._later and self._later[0][0] <= time.monotonic():
                futures.append(pool.submit(heapq.heappop(self._later)[-1]))
            return bool(self._later)

    def _follow_up(self, delay: float, upload: Upload, action: Callable[[Upload], None]) -> None:
        with self._lock:
            due = time.monotonic() + delay
            heapq.heappush(self._later, (due, upload.number, lambda: self._try(upload, action)))

    def _try(self, upload: Upload, action: Callable[[Upload], None]) -> None:
        try:
            action(upload)
        except Refused as error:
            with self._lock:
                self.refused.append(f"{upload.kind} {upload.number}: {error}")

    def _pace(self) -> None:
        """Wait while many pictures are in progress, so that most events are handled soon."""
        end = time.monotonic() + _MAX_PAUSE
        most = _MAX_IN_PROGRESS + _NEVER_HANDLED * self.uploaded
        while self.uploaded - self.handled() > most and time.monotonic() < end:
            time.sleep(_PAUSE)

    def _upload(self, upload: Upload) -> None:
        self._pace()
        if upload.is_direct:
            bucket = self.stack.template.outputs["InputBucketName"]
            self._s3.put_object(Bucket=bucket, Key=upload.key(self.subs), Body=upload.content())
        else:
            self._send_file(upload)
        if upload.delete_after is not None:
            self._follow_up(upload.delete_after, upload, self._delete)
        if upload.repeat_after is not None:
            self._follow_up(upload.repeat_after, upload, self._send_file)
        with self._lock:
            self.uploaded += 1

    def _send_file(self, upload: Upload) -> None:
        content = upload.content()
        request = {
            "fileName": f"{upload.number}.jpg",
            "contentType": upload.content_type,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        put = self._call("POST", "/uploads", upload.owner, json=request).json().get("upload")
        if put:
            _repeat(
                lambda: send(put["method"], put["url"], data=content, headers=put["headers"]), _ALREADY_STORED
            )

    def _delete(self, upload: Upload) -> None:
        image_id = hashlib.sha256(upload.content()).hexdigest()
        self._call("DELETE", f"/images/{image_id}", upload.owner, allowed=_ALREADY_DELETED)
        self.deleted.add(upload.key(self.subs))

    def _call(self, method: str, path: str, owner: str, allowed: int = 0, **options: Any) -> Response:
        headers = {"Authorization": f"Bearer {self._tokens[owner]}"}
        return _repeat(lambda: send(method, self.stack.api_url + path, headers=headers, **options), allowed)


def _repeat(request: Callable[[], Response], allowed: int = 0) -> Response:
    """Send a request until it is answered other than with 429 or 5xx. Raises Refused."""
    response = None
    for _ in range(_ATTEMPTS):
        with suppress(RequestException):
            response = request()
            if response.status_code != 429 and response.status_code < 500:
                break
        time.sleep(_PAUSE)
    if response is None or not (response.ok or response.status_code == allowed):
        raise Refused("no answer" if response is None else f"{response.status_code} {response.text[:300]}")
    return response
