"""The published files of a folder, which follow its edits."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from local.site.bundle.publication import page_files, publish

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class PublishedFiles:
    """Bundles the page when it is first needed, and again after an edit."""

    def __init__(self, folder: Path, services: Sequence[str], pictures: str) -> None:
        self._folder = folder
        self._services = services
        self._pictures = pictures
        self._lock = threading.Lock()
        self._state: object = None  # of the sources
        self._files: Mapping[str, bytes] = {}

    def read(self) -> Mapping[str, bytes]:
        """Return the files by their paths. Raises PageError."""
        with self._lock:
            paths = page_files(self._folder)
            stats = {name: path.stat() for name, path in paths.items()}
            state = {name: (stat.st_mtime_ns, stat.st_size) for name, stat in stats.items()}
            if state != self._state:
                sources = {name: path.read_bytes() for name, path in paths.items()}
                self._files = publish(sources, self._services, self._pictures)
                self._state = state
            return self._files
