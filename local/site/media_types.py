"""The media types of the page's files, on this machine and on the site alike."""

from __future__ import annotations

import mimetypes
from pathlib import Path

# The machine's own table differs from one to the next, and a module script needs the right type.
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


def media_type(file: Path) -> str:
    guessed, _ = mimetypes.guess_type(file.name)
    return _MEDIA_TYPES.get(file.suffix.lower(), guessed or "application/octet-stream")
