"""A client of the pipeline's API."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from local.site.site import media_type

_PRECONDITION_FAILED = 412
_POLL_SECONDS = 0.2


class ClientError(Exception):
    """The image couldn't be recognized; the message says why, in words for the user."""


def recognize(api_url: str, file: Path, token: str, timeout: float = 60.0) -> dict[str, Any]:
    """Upload an image, wait up to `timeout` seconds, and return the response of `GET /images/{id}`.

    The response of a rejected image is returned, too; its status is `failed`. Raises ClientError if the file
    can't be read, a request fails, or time runs out.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ClientError(f"{file} can't be read: {error.strerror}.") from error
    image_id = upload(api_url, file.name, content, token)
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        response = _call_api("GET", f"{api_url}/images/{image_id}", token)
        if response["image"]["status"] != "pending":
            return response
        time.sleep(_POLL_SECONDS)
    raise ClientError(f"The picture wasn't recognized within {timeout:.0f} seconds.")


def upload(api_url: str, name: str, content: bytes, token: str) -> str:
    """Upload an image unless the API knows it already, and return its id. Raises ClientError."""
    body = upload_request(name, content)
    presigned = _call_api("POST", f"{api_url}/uploads", token, body).get("upload")
    if presigned:
        put(presigned, content)
    return str(body["sha256"])


def upload_request(name: str, content: bytes) -> dict[str, Any]:
    """Return the body of `POST /uploads` for a file."""
    return {
        "fileName": name,
        "contentType": media_type(Path(name)),
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def put(upload: Mapping[str, Any], content: bytes) -> None:
    """Send a file with the `upload` that the API returned. Raises ClientError."""
    url = upload["url"]
    try:
        response = send(upload["method"], url, data=content, headers=upload["headers"])
    except requests.RequestException as error:
        raise ClientError(f"The upload failed: {urlsplit(url).netloc} can't be reached.") from error
    if not response.ok and response.status_code != _PRECONDITION_FAILED:  # 412: the object exists
        raise ClientError(f"The upload failed ({response.status_code} {response.reason}).")


def send(method: str, url: str, **options: Any) -> requests.Response:
    """Send a request to a server on this machine, without the user's proxies and .netrc."""
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, **options)


def _call_api(method: str, url: str, token: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Call the API and return its JSON. Raises ClientError with the detail of the API's problem document."""
    try:
        response = send(method, url, json=body, headers={"Authorization": f"Bearer {token}"})
        document: dict[str, Any] = response.json()
    except requests.JSONDecodeError:
        document = {}
    except requests.RequestException as error:
        raise ClientError(f"The API can't be reached at {url}.") from error
    if not response.ok:
        default = f"The API responded with {response.status_code} {response.reason}."
        raise ClientError(str(document.get("detail") or document.get("message") or default))
    return document
