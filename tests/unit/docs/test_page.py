"""What the page says of the product is what the code has."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.formats import FORMATS, accepted_formats

WEB = Path(__file__).resolve().parents[3] / "web"


def test_the_page_names_the_formats_that_are_taken() -> None:
    text = re.sub(r"\s+", " ", (WEB / "index.html").read_text())
    assert accepted_formats() in text


def test_every_media_type_that_the_page_sends_is_taken() -> None:
    sent = set(re.findall(r'"(image/[\w.+-]+)"', (WEB / "scripts" / "mediatypes.js").read_text()))
    assert sent
    assert sent <= {media_type for known in FORMATS for media_type in known.media_types}


def test_every_module_and_stylesheet_is_asked_for_in_the_first_round() -> None:
    page = (WEB / "index.html").read_text()
    files = {
        f"{file.parent.name}/{file.name}" for kind in ("scripts", "styles") for file in (WEB / kind).iterdir()
    }
    assert {name for name in files if name not in page} == set()
