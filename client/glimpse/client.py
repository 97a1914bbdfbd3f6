"""The operations of the API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any, Self, Unpack, cast

import httpx

from glimpse.api import PERHAPS_DONE, Api
from glimpse.connection import connect, json_object
from glimpse.credentials import Credentials
from glimpse.errors import (
    Changed,
    NotFound,
    NotRecognizedInTime,
    retry_after,
)
from glimpse.image_file import ImageFile
from glimpse.models import (
    Action,
    BatchResult,
    Image,
    ImagePatch,
    ImageView,
    Labels,
    ListedImage,
    Order,
    SimilarImage,
    StartedUpload,
    Term,
    TermKind,
)
from glimpse.retrying import PATIENCE, Retrying
from glimpse.storage import receive_file, send_file

MAX_BATCH = 100  # ids, as docs/openapi.yaml says
_PAGE_SIZE = 100
_POLL_SECONDS = 1.0  # if the API doesn't say
_FIRST_PAUSE = 0.2  # seconds
_PAUSE_GROWTH = 1.5


class Client:
    """The API of one stack, for one caller. Thread-safe; close it, or use it in a `with` block.

    Requests are repeated for up to `patience` seconds if the connection or the service fails: all operations
    are idempotent. Every method raises GlimpseError.
    """

    def __init__(
        self,
        api_url: str,
        credentials: Credentials,
        *,
        patience: float = PATIENCE,
        transport: httpx.BaseTransport | None = None,
        retrying: Retrying | None = None,
    ) -> None:
        self.url = api_url.rstrip("/") + credentials.prefix
        self.credentials = credentials
        self._http = connect(transport)
        self._retrying = retrying or Retrying(patience)
        self._api = Api(self.url, credentials, self._http, self._retrying)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def cancel(self) -> None:
        """End what other threads are doing with this client: they raise Canceled."""
        self._retrying.canceled.set()

    # ------------------------------------------------------------ upload
    def start_upload(self, file: ImageFile) -> StartedUpload:
        """Ask whether the file's bytes are needed, and for the permission to send them."""
        return cast("StartedUpload", self._api.call("POST", "/uploads", json=file.request))

    def upload(self, file: ImageFile | Path) -> Image:
        """Upload a file unless its bytes are already stored, and return the image, which may be pending.

        If the connection is lost, the API is asked again whether the bytes are needed.
        """
        content = ImageFile.from_path(file) if isinstance(file, Path) else file

        def attempt() -> Image:
            started = self.start_upload(content)
            if "upload" in started:
                send_file(self._http, started["upload"], content, self._retrying.check)
            return started["image"]

        return self._retrying.run(attempt)

    def recognize(self, file: ImageFile | Path, timeout: float = 60.0) -> ImageView:
        """Upload a file, wait until it is done or failed, and return it. Raises NotRecognizedInTime."""
        image_id = self.upload(file)["id"]
        for _ in self.wait([image_id], timeout):
            pass
        return self.get(image_id)

    def wait(self, ids: Iterable[str], timeout: float | None = None) -> Iterator[BatchResult]:
        """Yield images as soon as they are done, failed or deleted.

        Raises NotRecognizedInTime after `timeout` seconds.
        """
        pending = list(dict.fromkeys(ids))
        started, clock = self._retrying.clock(), self._retrying.clock
        soon = _FIRST_PAUSE  # grows: a single picture may be done long before the API says to ask again
        while pending:
            results, pause = self.poll(pending)
            pause, soon = min(pause, soon), soon * _PAUSE_GROWTH
            still = {each["id"] for each in results if each.get("image", {}).get("status") == "pending"}
            yield from (each for each in results if each["id"] not in still)
            pending = [each for each in pending if each in still]
            if pending and timeout is not None and clock() - started + pause > timeout:
                raise NotRecognizedInTime(f"The picture wasn't recognized within {timeout:.0f} seconds.")
            if pending:
                self._retrying.wait(pause)

    def poll(self, ids: Iterable[str]) -> tuple[list[BatchResult], float]:
        """Return the images as they are now, and after how many seconds to ask again."""
        results: list[BatchResult] = []
        pause = _POLL_SECONDS
        for chunk in _chunks(ids):
            found, response = self._api.batch({"action": "get"}, chunk)
            results += found
            said = retry_after(response)
            pause = pause if said is None else said
        return results, pause

    # ------------------------------------------------------------ one image
    def get(self, image_id: str) -> ImageView:
        """Return an image with its result and links."""
        return cast("ImageView", self._api.call("GET", f"/images/{image_id}"))

    def update(self, image_id: str, *, if_match: str | None = None, **fields: Unpack[ImagePatch]) -> Image:
        """Change what the owner says about an image. Raises Changed if `if_match` isn't its revision."""
        path, headers = f"/images/{image_id}", {} if if_match is None else {"If-Match": if_match}
        perhaps_done = False

        def attempt() -> Image:
            nonlocal perhaps_done
            try:
                document = json_object(self._api.send("PATCH", path, json=fields, headers=headers))
            except PERHAPS_DONE:
                perhaps_done = True
                raise
            except Changed:  # perhaps by an earlier attempt, whose response was lost
                image = self.poll([image_id])[0][0].get("image") if perhaps_done else None
                if image is None or not _has(image, fields):
                    raise
                return image
            return cast("Image", document["image"])

        return self._retrying.run(attempt)

    def delete(self, image_id: str) -> None:
        """Delete an image and all its data."""
        perhaps_done = False

        def attempt() -> None:
            nonlocal perhaps_done
            try:
                self._api.send("DELETE", f"/images/{image_id}")
            except PERHAPS_DONE:
                perhaps_done = True
                raise
            except NotFound:
                if not perhaps_done:
                    raise  # else an earlier attempt, whose response was lost, has deleted it

        self._retrying.run(attempt)

    def retry(self, image_id: str) -> Image:
        """Recognize an image again, and return it, pending."""
        return cast("Image", self._api.call("POST", f"/images/{image_id}/retry")["image"])

    def similar(self, image_id: str) -> Iterator[SimilarImage]:
        """Yield the images that look like an image."""
        return cast("Iterator[SimilarImage]", self._api.pages(f"/images/{image_id}/similar", {}))

    # ------------------------------------------------------------ many images
    def search(
        self,
        query: str | None = None,
        *,
        label: str | None = None,
        order: Order = "added",
        until: str | None = None,
        limit: int | None = None,
    ) -> Iterator[ListedImage]:
        """Yield the images that match a search, or all, newest first; each once, and at most `limit`."""
        parameters = {"q": query, "label": label, "order": order, "until": until}
        size = _PAGE_SIZE if limit is None else max(1, min(limit, _PAGE_SIZE))
        sent = {"limit": str(size)} | {name: value for name, value in parameters.items() if value}
        return islice(cast("Iterator[ListedImage]", self._api.pages("/images", sent)), limit)

    def batch(self, action: Action, ids: Iterable[str], **fields: Any) -> Iterator[BatchResult]:
        """Yield a result for each image, in any number. `fields` are `tags` or `decision`."""
        for chunk in _chunks(ids):
            yield from self._api.batch({"action": action, **fields}, chunk)[0]

    def labels(self) -> Labels:
        """Return all labels with their counts, and other counts."""
        return cast("Labels", self._api.call("GET", "/labels"))

    def terms(self, prefix: str = "", *, kind: TermKind | None = None, limit: int = 30) -> list[Term]:
        """Return what images can be found by, most frequent first."""
        parameters = {"prefix": prefix, "limit": str(limit)} | ({"kind": kind} if kind else {})
        return cast("list[Term]", self._api.call("GET", "/terms", params=parameters)["terms"])

    # ------------------------------------------------------------ links
    def download(self, url: str, file: IO[bytes]) -> None:
        """Write what one of an image's links leads to into a file, at its position.

        A download that is cut off starts again, but not if the file can't seek: this raises DownloadFailed.
        """
        self._retrying.run(lambda: receive_file(self._http, url, file, self._retrying.check))


def _has(image: Image, fields: ImagePatch) -> bool:
    """Return whether an image is as a patch wants it."""
    decision = image["decision"]
    now = {**image, "decision": decision and decision["value"]}
    return all((now[name] or None) == (value or None) for name, value in fields.items())


def _chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    rest = list(dict.fromkeys(ids))
    for start in range(0, len(rest), MAX_BATCH):
        yield rest[start : start + MAX_BATCH]
