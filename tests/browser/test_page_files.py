"""The page's files: what index.html loads, their size, and code that is not allowed.

The sample photos are loaded only while the gallery is empty, so they have a limit of their own.
"""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

WEB = Path(__file__).parents[2] / "web"
SAMPLES = WEB / "samples"
FILES = [path for path in sorted(WEB.rglob("*")) if path.is_file() and path.parent != SAMPLES]
MAX_COMPRESSED_BYTES = 120_000  # of all files, each compressed as it is served
MAX_SAMPLE_BYTES = 190_000


class References(HTMLParser):
    """Collects what index.html loads, and inline code that the content security policy forbids."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.forbidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "link" or (tag == "script" and "src" in values):
            self.loads.append(values.get("href") or values.get("src") or "")
        elif tag in ("script", "style"):
            self.forbidden.append(tag)
        self.forbidden += [f"{tag} {name}" for name, _ in attrs if name == "style" or name.startswith("on")]


def test_index_html_loads_every_file_and_has_no_inline_code() -> None:
    references = References()
    references.feed((WEB / "index.html").read_text())
    files = {path.relative_to(WEB).as_posix() for path in FILES if path.name != "index.html"}

    assert references.forbidden == []
    assert sorted(references.loads) == sorted(files | {"config.json"})


def test_page_and_modules_stay_within_their_size_limits() -> None:
    assert sum(len(gzip.compress(path.read_bytes())) for path in FILES) < MAX_COMPRESSED_BYTES
    assert {
        path.name for path in FILES if path.suffix == ".js" and len(path.read_text().splitlines()) >= 200
    } == set()


def test_samples_stay_within_their_size_limit() -> None:
    assert sum(path.stat().st_size for path in SAMPLES.iterdir()) < MAX_SAMPLE_BYTES


def test_scripts_never_parse_text_as_markup() -> None:
    unsafe = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|localStorage")
    assert [path.name for path in (WEB / "scripts").glob("*.js") if unsafe.search(path.read_text())] == []
