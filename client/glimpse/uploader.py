"""Upload many files at once, and follow their images until they are done or failed."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any

from glimpse.client import MAX_BATCH, Client
from glimpse.errors import (
    Canceled,
    CeilingReached,
    CredentialsError,
    GlimpseError,
    NotFound,
    NotPermitted,
    NotSignedIn,
    QuotaExceeded,
    SignInFailed,
)
from glimpse.export import json_document
from glimpse.image_file import ImageFile, printable
from glimpse.models import BatchResult, Image

# Every other file would fail, too, as after an error that lasted longer than the client's patience.
_STOPPING = (CeilingReached, CredentialsError, NotPermitted, NotSignedIn, QuotaExceeded, SignInFailed)
_MAX_PENDING = 0.75  # of the images that a poll asks about
_MAX_SLOWDOWN = 4
_GONE = "The picture was deleted before it was recognized."


@dataclass(frozen=True)
class Outcome:
    """What became of a file: its image, or why there is none."""

    path: Path
    image: Image | None = None
    error: GlimpseError | None = None

    @property
    def is_failure(self) -> bool:
        """Whether there is no image, or one that failed."""
        return self.image is None or self.image["status"] == "failed"

    @property
    def document(self) -> dict[str, Any]:
        """The outcome as JSON, without the thumbnail's URL, which expires in minutes."""
        file = str(printable(self.path))
        if self.image is None:
            return {"file": file, "error": str(self.error)}
        image = json_document(self.image)
        return {"file": file, "image": image}


@dataclass(eq=False)
class Uploader:
    """Uploads files with several connections. Files with the same bytes are sent once."""

    client: Client
    jobs: int
    waits: bool = True  # for the results
    on_stored: Callable[[int], None] = lambda stored: None  # gets the number of files that are stored so far
    _lock: Lock = field(default_factory=Lock)
    # By SHA-256; None once the file is stored: the images of a large folder would need too much memory.
    _uploads: dict[bytes, Future[Image] | None] = field(default_factory=dict)
    _pending: deque[str] = field(default_factory=deque)  # ids, the next one to ask about first
    _files: dict[str, list[Path]] = field(default_factory=dict)  # of pending images
    _next_poll: float = 0.0
    _slowdown: int = 1  # of the polls
    _stored: int = 0
    _unseen: int = 0  # files that were stored when the run was ended

    @property
    def pending(self) -> int:
        """The number of files without an outcome that are stored, but not recognized yet."""
        return sum(len(files) for files in self._files.values()) + self._unseen

    def upload(self, paths: Iterable[Path]) -> Generator[Outcome, None, None]:
        """Yield the outcome of each file as soon as it stands.

        After an error that every other file would have, no more are sent. What was sent before still gets its
        outcome; then the error is raised. If the iterator is closed, transfers in progress end at once.
        """
        stopping: GlimpseError | None = None
        rest = iter(paths)
        running: dict[Future[Image], Path] = {}
        pool = ThreadPoolExecutor(self.jobs, "upload")
        try:
            while True:
                for path in islice(rest, self.jobs - len(running)):
                    running[pool.submit(self._upload, path)] = path
                if not running and not self._pending:
                    break
                for future in self._wait(running):
                    outcome = _outcome(running.pop(future), future)
                    if outcome.error and _is_stopping(outcome.error):
                        stopping, rest = stopping or outcome.error, iter(())
                    else:
                        yield from self._settle(outcome)
                yield from self._poll()
        except BaseException:  # also if the iterator is closed, or the person interrupts
            self.client.cancel()
            raise
        finally:
            pool.shutdown(cancel_futures=True)
            self._unseen = sum(_is_pending(future) for future in running)
        if stopping:
            raise stopping

    def _upload(self, path: Path) -> Image:
        """Upload a file. If another one with the same bytes is being uploaded, wait for that instead."""
        file = ImageFile.from_path(path)
        digest = bytes.fromhex(file.sha256)
        while True:
            with self._lock:
                is_new = digest not in self._uploads
                upload = self._uploads.setdefault(digest, Future())
            if upload is None:
                (result,), _ = self.client.poll([file.sha256])
                if "image" not in result:
                    raise _gone(result)
                return result["image"]
            if is_new:
                self._send(file, digest, upload)
                return upload.result()
            try:
                return upload.result()
            except GlimpseError as error:
                if _is_stopping(error):
                    raise
                # The other file may have been changed, or has another name: try this one.

    def _send(self, file: ImageFile, digest: bytes, upload: Future[Image]) -> None:
        try:
            image = self.client.upload(file)
        except BaseException as error:
            with self._lock:
                del self._uploads[digest]
            upload.set_exception(error)
        else:
            with self._lock:
                self._uploads[digest] = None
            upload.set_result(image)

    def _settle(self, outcome: Outcome) -> Iterator[Outcome]:
        """Yield the outcome, unless its image is pending and waited for."""
        image = outcome.image
        if image:
            self._stored += 1
            self.on_stored(self._stored)
        if image is None or image["status"] != "pending" or not self.waits:
            yield outcome
            return
        files = self._files.setdefault(image["id"], [])
        files.append(outcome.path)
        if len(files) == 1:
            self._pending.append(image["id"])

    def _wait(self, running: Collection[Future[Image]]) -> Collection[Future[Image]]:
        """Wait for a file to be uploaded, or until it is time to ask about pending images."""
        pause = max(0.0, self._next_poll - time.monotonic()) if self._pending else None
        if running:
            return wait(running, pause, FIRST_COMPLETED).done
        time.sleep(pause or 0.0)
        return ()

    def _poll(self) -> Iterator[Outcome]:
        """Ask about as many images as one request can, those first that were asked about longest ago."""
        if not self._pending or time.monotonic() < self._next_poll:
            return
        asked = [self._pending.popleft() for _ in range(min(MAX_BATCH, len(self._pending)))]
        results, pause = self.client.poll(asked)
        self._adapt(results)
        self._next_poll = time.monotonic() + pause * self._slowdown
        for result in results:
            image = result.get("image")
            if image and image["status"] == "pending":
                self._pending.append(image["id"])
                continue
            error = None if image else _gone(result)
            for path in self._files.pop(result["id"]):
                yield Outcome(path, image, error)

    def _adapt(self, results: Collection[BatchResult]) -> None:
        """Ask less often while most of the images that are asked about are still pending: each is a read."""
        pending = sum(each.get("image", {}).get("status") == "pending" for each in results)
        is_slow = pending > _MAX_PENDING * len(results)
        self._slowdown = min(self._slowdown * 2, _MAX_SLOWDOWN) if is_slow else 1


def _gone(result: BatchResult) -> NotFound:
    return NotFound(_GONE, result["status"], result.get("code", ""))


def _is_stopping(error: GlimpseError) -> bool:
    return error.gave_up or isinstance(error, _STOPPING)


def _is_pending(future: Future[Image]) -> bool:
    return not future.cancelled() and not future.exception() and future.result()["status"] == "pending"


def _outcome(path: Path, future: Future[Image]) -> Outcome:
    try:
        return Outcome(path, future.result())
    except Canceled:
        raise
    except GlimpseError as error:
        return Outcome(path, error=error)
