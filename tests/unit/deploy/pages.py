"""A small page, for the tests of its release and of its publication."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SERVICES = ("https://api.example.com", "https://id.example.com/pool")
PICTURES = "https://pictures.example.com"
PRECONNECTS = """<link rel="preconnect" href="https://api.example.com" crossorigin>
<link rel="preconnect" href="https://id.example.com" crossorigin>
<link rel="preconnect" href="https://pictures.example.com">
"""
HTML = """<!doctype html>
<link rel="icon" href="icon.svg"><link rel="preload" href="config.json" as="fetch">
<link rel="stylesheet" href="styles/base.css"><script type="module" src="scripts/main.js"></script>
<a href="#main">icon.svg</a><svg><use href="icon.svg#mark"/></svg><a href="https://example.com/icon.svg"></a>"""


def write_page(folder: Path) -> Path:
    for name, text in {
        "index.html": HTML,
        "scripts/main.js": "start();",
        "styles/base.css": "body {}",
        "icon.svg": "<svg/>",
        ".hidden/notes.txt": "not for the site",
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder
