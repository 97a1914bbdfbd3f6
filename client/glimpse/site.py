"""A stack's page: its config.json says where the API is, and where people sign in."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from glimpse.connection import check_busy, explained, json_object
from glimpse.errors import UnexpectedResponse

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Site:
    """What config.json says."""

    url: str
    api_url: str
    issuer: str
    client_id: str  # of people who use the command line


def page_url(text: str) -> str:
    """Return a page's URL without the last slash. Raises UnexpectedResponse if it isn't one."""
    try:
        url = httpx.URL(text.strip())
    except httpx.InvalidURL:
        url = httpx.URL("")
    is_safe = url.scheme == "https" or (url.scheme == "http" and url.host in _LOOPBACK)
    if not (is_safe and url.host):
        raise UnexpectedResponse(f"{text} isn't the URL of a page, such as https://pictures.example.com.")
    return str(url.copy_with(query=None, fragment=None)).rstrip("/")


def load_site(url: str, http: httpx.Client) -> Site:
    """Load the config.json of a page. Raises UnexpectedResponse if there is none, and Unreachable."""
    address = f"{url}/config.json"
    with explained("The page", address):
        response = http.get(address)
    check_busy("The page", response)
    if response.is_redirect:
        raise UnexpectedResponse(f"The page has another URL: {response.headers['Location']}")
    try:
        document = json_object(response)
        sign_in = document["signIn"]
        client_id = sign_in.get("commandLineClientId") or sign_in["clientId"]
        return Site(url, str(document["apiUrl"]), str(sign_in["issuer"]), str(client_id))
    except (LookupError, TypeError, AttributeError, UnexpectedResponse) as error:
        raise UnexpectedResponse(f"{url} isn't the page of an image-recognition stack.") from error
