"""The page's files as a deployment publishes them, bundled, and the page's config.json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from deploy.environments import ROOT
from local.site.bundle.publication import page_files, publish
from local.site.bundle.release import create_release

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from deploy.stack import Stack
    from local.site.bundle.release import Page

SOURCE = ROOT / "web"
CONFIG = "config.json"


def bundle_page(services: Iterable[str], pictures: str, source: Path = SOURCE) -> dict[str, bytes]:
    """Return the page's files, bundled. Raises PageError.

    `services` are the URLs that its scripts call, `pictures` is that of the bucket with the thumbnails.
    """
    return publish({name: path.read_bytes() for name, path in page_files(source).items()}, services, pictures)


def read_page(services: Iterable[str], pictures: str, source: Path = SOURCE) -> Page:
    """Bundle the page for a release of its own. Raises PageError."""
    return create_release(bundle_page(services, pictures, source))


def page_config(stack: Stack) -> str:
    """Return the page's config.json for a stack."""
    sign_in = {
        "issuer": stack.output("SignInIssuer"),
        "clientId": stack.output("SignInClientId"),
        "commandLineClientId": stack.output("CommandLineClientId"),
    }
    models = stack.parameters.get("TrainModels") == "true"
    return json.dumps({"apiUrl": stack.output("ApiUrl"), "signIn": sign_in, "models": models}) + "\n"
