"""What the page says of the product is what the code has."""

from __future__ import annotations

import re
from pathlib import Path

from common.formats import FORMATS, supported_formats

ROOT = Path(__file__).resolve().parents[3]
WEB = ROOT / "web"


def test_the_page_names_the_formats_that_are_taken() -> None:
    text = re.sub(r"\s+", " ", (WEB / "index.html").read_text())
    assert supported_formats() in text


def test_every_media_type_that_the_page_sends_is_taken() -> None:
    scripts = "\n".join(script.read_text() for script in (WEB / "scripts").glob("*.js"))
    (kinds,) = re.findall(r"TYPES = /\^\(([\w|]+)\)\$/", scripts)
    sent = {f"image/{kind}" for kind in kinds.split("|")}
    assert len(sent) > 5
    assert sent <= {media_type for known in FORMATS for media_type in known.media_types}


def test_every_module_and_stylesheet_is_asked_for_in_the_first_round() -> None:
    page = (WEB / "index.html").read_text()
    files = {
        f"{file.parent.name}/{file.name}" for kind in ("scripts", "styles") for file in (WEB / kind).iterdir()
    }
    assert {name for name in files if name not in page} == set()


def test_every_module_stands_in_what_is_written_about_the_page() -> None:
    text = (ROOT / "docs/page.md").read_text()
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", text, re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(named) == sorted(script.stem for script in (WEB / "scripts").iterdir())


def test_every_event_of_the_page_stands_there_too() -> None:
    scripts = "\n".join(script.read_text() for script in (WEB / "scripts").glob("*.js"))
    told = set(re.findall(r'(?<!#)\btell\("([\w-]+)"', scripts))
    assert told
    text = (ROOT / "docs/page.md").read_text()
    assert {name for name in told if f"`{name}`" not in text} == set()
