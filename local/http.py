"""Requests to servers on this machine."""

from __future__ import annotations

from typing import Any

import requests


def send(method: str, url: str, **options: Any) -> requests.Response:
    """Send a request to a server on this machine, without the user's proxies and .netrc."""
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, **options)
