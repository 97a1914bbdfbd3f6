"""index.html: what it loads, and the same document with links to other origins."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_HEAD = re.compile(r"(?=<link\b|<script\b)")


@dataclass
class Loads(HTMLParser):
    """The modules, classic scripts and stylesheets that a document loads."""

    modules: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "script" and (source := values.get("src")):
            (self.modules if values.get("type") == "module" else self.scripts).append(source)
        elif tag == "link" and values.get("rel") == "stylesheet" and (target := values.get("href")):
            self.styles.append(target)


def loads(html: str) -> Loads:
    found = Loads()
    found.feed(html)
    return found


def inline(html: str, scripts: Mapping[str, bytes]) -> str:
    """Put classic scripts into the document, where they need no request before they run.

    The content security policy in the template has their digests.
    """
    for name, code in scripts.items():
        html = html.replace(f'<script src="{name}"></script>', f"<script>{code.decode().strip()}</script>")
    return html


def preconnect(html: str, origins: Iterable[str], picture_origins: Iterable[str]) -> str:
    """Let the browser connect to other origins while it loads the page's own files.

    Requests by `fetch` and those by `<img>` use different connections: the former send no cookies.
    """
    links = [f'<link rel="preconnect" href="{escape(origin)}" crossorigin>\n' for origin in origins]
    links += [f'<link rel="preconnect" href="{escape(origin)}">\n' for origin in picture_origins]
    return _HEAD.sub("".join(dict.fromkeys(links)), html, count=1)
