"""The page and its documentation agree with each other and with the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from common.formats import FORMATS, supported_formats
from local.site.bundle.document import loads
from local.site.bundle.graph import read_modules
from local.site.bundle.publication import page_files

ROOT = Path(__file__).resolve().parents[3]
WEB = ROOT / "web"
SOURCES = {name: path.read_bytes() for name, path in page_files(WEB).items()}
SCRIPTS = "\n".join(body.decode() for name, body in SOURCES.items() if name.endswith(".js"))
MODULES = sorted(name for name in SOURCES if name.endswith(".js"))
DOCUMENTATION = (ROOT / "docs/page.md").read_text()


@pytest.mark.parametrize(("language", "conjunction"), [("en", ", or "), ("de", " oder ")])
def test_lists_the_supported_formats(language: str, conjunction: str) -> None:
    formats = supported_formats().replace(", or ", conjunction)
    assert f'"empty.formats": "{formats}"' in SOURCES[f"scripts/words/{language}.js"].decode()


def test_guesses_only_supported_media_types() -> None:
    (alternatives,) = re.findall(r"TYPES = /\^\(([\w|]+)\)\$/", SCRIPTS)
    guessed = {f"image/{name}" for name in alternatives.split("|")}
    assert len(guessed) > 5
    assert guessed <= {media_type for known in FORMATS for media_type in known.media_types}


def test_publishes_every_module() -> None:
    loaded = loads(SOURCES["index.html"].decode())
    assert sorted(read_modules((*loaded.modules, *loaded.scripts), SOURCES)) == MODULES


def test_documents_every_module() -> None:
    rows = re.findall(r"^\| ((?:`[\w/-]+`(?:, )?)+) \|", DOCUMENTATION, re.MULTILINE)
    documented = [name for row in rows for name in re.findall(r"`([\w/-]+)`", row)]
    assert sorted(f"scripts/{name}.js" for name in documented) == MODULES


def test_documents_every_page_event() -> None:
    events = set(re.findall(r'\bemit\("([\w-]+)"', SCRIPTS))
    assert events
    assert {name for name in events if f"`{name}`" not in DOCUMENTATION} == set()
