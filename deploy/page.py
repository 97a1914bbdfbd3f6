"""The page's files as a deployment publishes them, bundled, and the page's config.json.

Each release's files are in a folder named after the digest of all of them, and only index.html refers
to that folder. So browsers can cache the files forever and never mix modules of two versions.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deploy.environments import ROOT
from local.site.bundle.publication import INDEX, page_files, publish

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from deploy.stack import Stack

SOURCE = ROOT / "web"
CONFIG = "config.json"
_REFERENCE = re.compile(r'\b(href|src)="([^"#?]+)(?=["#?])')


@dataclass(frozen=True)
class Page:
    """A release of the page: index.html, and the files that it refers to, by their keys in the bucket."""

    release: str
    index: bytes
    files: Mapping[str, bytes]


def bundle_page(services: Iterable[str], pictures: str, source: Path = SOURCE) -> dict[str, bytes]:
    """Return the page's files, bundled. Raises PageError.

    `services` are the URLs that its scripts call, `pictures` is that of the bucket with the thumbnails.
    """
    return publish({name: path.read_bytes() for name, path in page_files(source).items()}, services, pictures)


def read_page(services: Iterable[str], pictures: str, source: Path = SOURCE) -> Page:
    """Bundle the page for a release of its own. Raises PageError."""
    files = bundle_page(services, pictures, source)
    release = _digest(files)
    html = files.pop(INDEX).decode()
    return Page(
        release,
        _rewrite(html, release, files).encode(),
        {f"{release}/{name}": body for name, body in files.items()},
    )


def page_config(stack: Stack) -> str:
    """Return the page's config.json for a stack."""
    sign_in = {"issuer": stack.output("SignInIssuer"), "clientId": stack.output("SignInClientId")}
    models = stack.parameters.get("TrainModels") == "true"
    return json.dumps({"apiUrl": stack.output("ApiUrl"), "signIn": sign_in, "models": models}) + "\n"


def _digest(files: Mapping[str, bytes]) -> str:
    parts = [f"{name} {hashlib.sha256(body).hexdigest()}" for name, body in sorted(files.items())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _rewrite(html: str, release: str, files: Mapping[str, bytes]) -> str:
    """Make the page's references to its files point into the release's folder."""

    def replace(match: re.Match[str]) -> str:
        attribute, target = match.groups()
        return f'{attribute}="{release}/{target}' if target in files else match[0]

    return _REFERENCE.sub(replace, html)
