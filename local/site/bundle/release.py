"""A release of the page, as it is on the site.

Its files are in a folder named after the digest of all of them, and only index.html refers to that
folder. So browsers can cache the files forever and never mix modules of two versions.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.site.bundle.publication import INDEX

if TYPE_CHECKING:
    from collections.abc import Mapping

# Cache-Control of a release's files, of index.html, and of config.json
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATED = "public, max-age=0, must-revalidate"
UNCACHED = "no-store"
_REFERENCE = re.compile(r'\b(href|src)="([^"#?]+)(?=["#?])')


@dataclass(frozen=True)
class Page:
    """A release of the page: index.html, and the files that it refers to, by their paths on the site."""

    release: str
    index: bytes
    files: Mapping[str, bytes]


def create_release(published: Mapping[str, bytes]) -> Page:
    """Return a release of the published files."""
    release = _digest(published)
    files = {name: body for name, body in published.items() if name != INDEX}
    html = published[INDEX].decode()
    return Page(
        release,
        _rewrite(html, release, files).encode(),
        {f"{release}/{name}": body for name, body in files.items()},
    )


def _digest(files: Mapping[str, bytes]) -> str:
    parts = [f"{name} {hashlib.sha256(body).hexdigest()}" for name, body in sorted(files.items())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _rewrite(html: str, release: str, files: Mapping[str, bytes]) -> str:
    """Make the page's references to its files point into the release's folder."""

    def replace(match: re.Match[str]) -> str:
        attribute, target = match.groups()
        return f'{attribute}="{release}/{target}' if target in files else match[0]

    return _REFERENCE.sub(replace, html)
