"""A client of the pipeline's API."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

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
    image_id = hashlib.sha256(content).hexdigest()
    body = {
        "fileName": file.name,
        "contentType": media_type(file),
        "size": len(content),
        "sha256": image_id,
    }
    response = send_json("POST", f"{api_url}/uploads", body, token=token)
    if "upload" in response:
        upload_content(response["upload"], content)
    return wait_for_image(api_url, image_id, token, timeout)


def upload_content(upload: dict[str, Any], content: bytes) -> None:
    """Send the presigned request. It isn't an error if the object already exists. Raises ClientError."""
    request = Request(upload["url"], content, upload["headers"], method=upload["method"])  # noqa: S310 -- from the API
    try:
        with urlopen(request):  # noqa: S310 -- from the API
            pass
    except HTTPError as error:
        with error:
            if error.code != _PRECONDITION_FAILED:
                raise ClientError(f"The upload failed ({error.code} {error.reason}).") from error
    except URLError as error:
        raise ClientError(f"The upload failed: {error.reason}.") from error


def wait_for_image(api_url: str, image_id: str, token: str, timeout: float) -> dict[str, Any]:
    """Poll until the image is done or failed. Raises ClientError after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        response = send_json("GET", f"{api_url}/images/{image_id}", token=token)
        if response["image"]["status"] != "pending":
            return response
        time.sleep(_POLL_SECONDS)
    raise ClientError(f"The picture wasn't recognized within {timeout:.0f} seconds.")


def send_json(method: str, url: str, body: dict[str, Any] | None = None, *, token: str) -> dict[str, Any]:
    """Call the API and return its JSON. Raises ClientError with the detail of the API's problem document."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = Request(url, data, headers, method=method)  # noqa: S310 -- the API's URL
    try:
        with urlopen(request) as response:  # noqa: S310 -- the API's URL
            document: dict[str, Any] = json.load(response)
            return document
    except HTTPError as error:
        with error:
            raise ClientError(_error_message(error)) from error
    except URLError as error:
        raise ClientError(f"The API can't be reached: {error.reason}.") from error


def _error_message(error: HTTPError) -> str:
    try:
        problem = json.load(error)
    except ValueError:
        problem = {}
    default = f"The API responded with {error.code} {error.reason}."
    return str(problem.get("detail") or problem.get("message") or default)
