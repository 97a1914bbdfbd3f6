"""The files of the page as they are published: bundles, one stylesheet, and everything else as it is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from local.site.bundle.document import inline, loads, preconnect
from local.site.bundle.scripts import bundle_scripts
from local.site.bundle.styles import bundle_styles
from local.site.bundle.syntax import PageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

INDEX = "index.html"


def page_files(folder: Path) -> dict[str, Path]:
    """Return the page's files by their paths in its folder, without those that are hidden or elsewhere."""
    root = folder.resolve()
    found = {}
    for parent, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent, name)
            # A link can point to another folder, or to nothing.
            if not name.startswith(".") and path.is_file() and path.resolve().is_relative_to(root):
                found[path.relative_to(root).as_posix()] = path
    return found


def publish(files: Mapping[str, bytes], services: Iterable[str], pictures: str) -> dict[str, bytes]:
    """Return the published files. Raises PageError.

    `services` are the URLs that the scripts call, `pictures` is that of the bucket with the thumbnails.
    """
    html = files[INDEX].decode()
    loaded = loads(html)
    for name in (*loaded.modules, *loaded.scripts, *loaded.styles):
        if name not in files:
            raise PageError(f"{INDEX}: {name} doesn't exist.")
    modules = bundle_scripts(loaded.modules, files)
    scripts = bundle_scripts(loaded.scripts, files)
    styles = {name: bundle_styles(name, files) for name in loaded.styles}
    others = {name: body for name, body in files.items() if not name.endswith((".js", ".css"))}
    html = preconnect(inline(html, scripts), map(_origin, services), [_origin(pictures)])
    return {**others, **modules, **styles, INDEX: html.encode()}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
