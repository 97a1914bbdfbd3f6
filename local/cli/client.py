"""What any client does with the pipeline's API, with the standard library alone."""

from __future__ import annotations

import hashlib
import json
import mimetypes
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

_MEDIA_TYPES = {".avif": "image/avif", ".heic": "image/heic", ".heif": "image/heif", ".webp": "image/webp"}
_CONDITION_FAILED = 412


class ClientError(Exception):
    """The picture could not be recognised; the message says why, for a person."""


def recognise(api_url: str, file: Path, token: str, patience: float = 60.0) -> dict[str, Any]:
    """Upload a picture, wait, and give the API's answer of `GET /images/{id}`.

    Raises ClientError; a picture that was refused after its upload is an answer, too, with status `failed`.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ClientError(f"{file} cannot be read: {error.strerror}.") from error
    image_id = hashlib.sha256(content).hexdigest()
    asked = {
        "fileName": file.name,
        "contentType": media_type(file),
        "size": len(content),
        "sha256": image_id,
    }
    permission = send_json("POST", f"{api_url}/uploads", asked, token=token)
    if "upload" in permission:
        put(permission["upload"], content)
    return wait_for(api_url, image_id, token, patience)


def media_type(file: Path) -> str:
    guessed, _ = mimetypes.guess_type(file.name)
    return _MEDIA_TYPES.get(file.suffix.lower(), guessed or "application/octet-stream")


def put(upload: dict[str, Any], content: bytes) -> None:
    """Send the bytes where the API said; that they are there already is as good."""
    request = Request(upload["url"], content, upload["headers"], method=upload["method"])  # noqa: S310 -- the API's own
    try:
        with urlopen(request):  # noqa: S310 -- the API's own
            pass
    except HTTPError as error:
        with error:
            if error.code != _CONDITION_FAILED:
                raise ClientError(f"The upload was refused ({error.code} {error.reason}).") from error
    except URLError as error:
        raise ClientError(f"The upload could not be sent: {error.reason}.") from error


def wait_for(api_url: str, image_id: str, token: str, patience: float) -> dict[str, Any]:
    """Ask for the image until it is done or failed."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        answer = send_json("GET", f"{api_url}/images/{image_id}", token=token)
        if answer["image"]["status"] != "pending":
            return answer
        time.sleep(0.2)
    raise ClientError(f"The picture was not recognised within {patience:.0f} seconds.")


def send_json(method: str, url: str, document: dict[str, Any] | None = None, *, token: str) -> dict[str, Any]:
    """Call the API; its problem documents become ClientError with their own sentence."""
    body = None if document is None else json.dumps(document).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = Request(url, body, headers, method=method)  # noqa: S310 -- the API's own
    try:
        with urlopen(request) as response:  # noqa: S310 -- the API's own
            answer: dict[str, Any] = json.load(response)
            return answer
    except HTTPError as error:
        with error:
            raise ClientError(_sentence(error)) from error
    except URLError as error:
        raise ClientError(f"The API cannot be reached: {error.reason}.") from error


def _sentence(error: HTTPError) -> str:
    try:
        problem = json.load(error)
    except ValueError:
        return f"The API answered {error.code} {error.reason}."
    return str(problem.get("detail") or problem.get("message") or f"The API answered {error.code}.")
