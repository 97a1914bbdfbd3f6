"""The page and its documentation agree with each other and with the code."""

from __future__ import annotations

import re
from pathlib import Path

from common.formats import FORMATS, supported_formats

ROOT = Path(__file__).resolve().parents[3]
WEB = ROOT / "web"
SCRIPTS = "\n".join(script.read_text() for script in (WEB / "scripts").glob("*.js"))
DOCUMENTATION = (ROOT / "docs/page.md").read_text()


def test_lists_the_supported_formats() -> None:
    assert supported_formats() in (WEB / "index.html").read_text()


def test_guesses_only_supported_media_types() -> None:
    (alternatives,) = re.findall(r"TYPES = /\^\(([\w|]+)\)\$/", SCRIPTS)
    guessed = {f"image/{name}" for name in alternatives.split("|")}
    assert len(guessed) > 5
    assert guessed <= {media_type for known in FORMATS for media_type in known.media_types}


def test_loads_every_module_and_stylesheet_up_front() -> None:
    html = (WEB / "index.html").read_text()
    files = {
        f"{file.parent.name}/{file.name}" for kind in ("scripts", "styles") for file in (WEB / kind).iterdir()
    }
    assert {name for name in files if name not in html} == set()


def test_documents_every_module() -> None:
    rows = re.findall(r"^\| ((?:`[\w-]+`(?:, )?)+) \|", DOCUMENTATION, re.MULTILINE)
    documented = [name for row in rows for name in re.findall(r"`([\w-]+)`", row)]
    assert sorted(documented) == sorted(script.stem for script in (WEB / "scripts").iterdir())


def test_documents_every_page_event() -> None:
    events = set(re.findall(r'\bemit\("([\w-]+)"', SCRIPTS))
    assert events
    assert {name for name in events if f"`{name}`" not in DOCUMENTATION} == set()
