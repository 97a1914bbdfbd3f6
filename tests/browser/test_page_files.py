"""The page's files: what index.html loads, their size, and code that is not allowed.

The sample photos are loaded only while the gallery is empty, so they have a limit of their own.
"""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from local.site.bundle.publication import INDEX, page_files, publish
from local.site.compression import served_size
from local.site.site import media_type

WEB = Path(__file__).parents[2] / "web"
SOURCES = {name: path.read_bytes() for name, path in page_files(WEB).items()}
SCRIPTS = {name: body.decode() for name, body in SOURCES.items() if name.endswith(".js")}
STYLES = {name: body.decode() for name, body in SOURCES.items() if name.endswith(".css")}
MAX_SERVED_BYTES = 120_000  # of all files, each compressed as it is served
MAX_SAMPLE_BYTES = 215_000
MAX_MODULE_LINES = 200


class References(HTMLParser):
    """Collects what a document loads, and inline code that the content security policy forbids."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.forbidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if (tag == "link" and values.get("rel") != "preconnect") or (tag == "script" and "src" in values):
            self.loads.append(values.get("href") or values.get("src") or "")
        elif tag in ("script", "style"):
            self.forbidden.append(tag)
        self.forbidden += [f"{tag} {name}" for name, _ in attrs if name == "style" or name.startswith("on")]


@pytest.fixture(scope="module")
def published() -> dict[str, bytes]:
    services = ("https://api.example.com", "https://id.example.com")
    return publish(SOURCES, services, "https://pictures.example.com")


def test_index_html_loads_existing_files_and_has_no_inline_code_but_one(published: dict[str, bytes]) -> None:
    for files, inline in ((SOURCES, []), (published, ["script"])):
        references = References()
        references.feed(files[INDEX].decode())
        assert references.forbidden == inline
        assert [name for name in references.loads if name not in {*files, "config.json"}] == []
        assert len(references.loads) == len(set(references.loads))


def test_the_content_security_policy_permits_the_inline_script(published: dict[str, bytes]) -> None:
    (script,) = re.findall("<script>(.*?)</script>", published[INDEX].decode(), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = re.search("script-src 'self' '([^']*)'", (WEB.parent / "template.yaml").read_text())
    assert policy
    assert policy[1] == f"sha256-{digest}"


def test_every_script_and_stylesheet_is_used() -> None:
    """Nothing is published of a module that no other imports."""
    named = re.compile(r"""["'](?:\./|\.\./)?([\w./-]+\.(?:js|css))["']""")
    texts = [SOURCES[INDEX].decode(), *SCRIPTS.values(), *STYLES.values()]
    used = {Path(name).name for text in texts for name in named.findall(text)}
    assert sorted(name for name in {**SCRIPTS, **STYLES} if Path(name).name not in used) == []


def test_served_page_stays_within_its_size_limit(published: dict[str, bytes]) -> None:
    files = {name: body for name, body in published.items() if not name.startswith("samples/")}
    sizes = {name: served_size(media_type(Path(name)), body) for name, body in files.items()}
    assert sum(sizes.values()) <= MAX_SERVED_BYTES, sizes


def test_modules_stay_within_their_size_limit() -> None:
    code = {name: text for name, text in SCRIPTS.items() if "/words/" not in name}  # a language is one table
    assert [name for name, text in code.items() if len(text.splitlines()) >= MAX_MODULE_LINES] == []


def test_every_icon_that_is_shown_exists_once() -> None:
    text = "\n".join([SOURCES[INDEX].decode(), *SCRIPTS.values()])
    icons = re.findall(r'<symbol id="icon-([a-z]+)"', text)
    shown = re.findall(r"""(?:#icon-|\bicon\("|[iI]con\([^"\n]*, "|symbol: ")([a-z]+)\b""", text)
    assert len(icons) == len(set(icons))
    assert sorted(set(shown) - set(icons)) == []


def test_samples_stay_within_their_size_limit() -> None:
    samples = [body for name, body in SOURCES.items() if name.startswith("samples/")]
    assert sum(map(len, samples)) < MAX_SAMPLE_BYTES


def test_scripts_never_parse_text_as_markup() -> None:
    unsafe = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|localStorage")
    assert [name for name, text in SCRIPTS.items() if unsafe.search(text)] == []
