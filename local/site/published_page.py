"""The page of a folder as it is published, which follows its edits."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from local.site.bundle.publication import page_files, publish
from local.site.bundle.release import create_release

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from local.site.bundle.release import Page


class PublishedPage:
    """Bundles the page when it is first needed, and again after an edit."""

    def __init__(self, folder: Path, services: Sequence[str], pictures: str) -> None:
        self._folder = folder
        self._services = services
        self._pictures = pictures
        self._lock = threading.Lock()
        self._state: object = None  # of the sources
        self._releases: list[Page] = []  # the newest first, then the one before, which open pages still load

    def read(self) -> list[Page]:
        """Return the releases that are served, the newest first. Raises PageError."""
        with self._lock:
            paths = page_files(self._folder)
            stats = {name: path.stat() for name, path in paths.items()}
            state = {name: (stat.st_mtime_ns, stat.st_size) for name, stat in stats.items()}
            if state != self._state:
                sources = {name: path.read_bytes() for name, path in paths.items()}
                newest = create_release(publish(sources, self._services, self._pictures))
                older = [page for page in self._releases if page.release != newest.release]
                self._releases = [newest, *older[:1]]
                self._state = state
            return self._releases
