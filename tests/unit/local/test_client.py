"""The client against a fake API."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug import Request, Response

from local.client import ClientError, recognize
from local.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BODY = b"the bytes"
TOKEN = "a-token"
ID = hashlib.sha256(BODY).hexdigest()


class FakeApi:
    """Returns the configured responses and records the requests."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, bytes]] = []
        self.upload_response: tuple[int, Any] = (200, {"image": {}})
        self.put_status = 200
        self.images = [{"image": {"status": "pending"}}, {"image": {"status": "done"}}]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        self.requests.append((request.method, request.path, request.get_data()))
        has_token = request.headers.get("authorization") == f"Bearer {TOKEN}"
        assert has_token == (request.method != "PUT")  # a presigned URL has its own signature
        match request.method:
            case "POST":
                status, document = self.upload_response
            case "PUT":
                status, document = self.put_status, {"type": request.headers["content-type"]}
            case _:
                status, document = 200, self.images.pop(0)
        return Response(json.dumps(document), status)(environ, start_response)


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


@pytest.fixture
def url(api: FakeApi) -> Iterator[str]:
    server = Server("127.0.0.1", 0, "API_PORT")
    server.serve(api)
    yield server.url
    server.stop()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "photo.jpg"
    file.write_bytes(BODY)
    return file


def accept_upload(api: FakeApi, url: str) -> None:
    upload = {"method": "PUT", "url": f"{url}/bucket/key", "headers": {"Content-Type": "image/jpeg"}}
    api.upload_response = (201, {"image": {}, "upload": upload})


@pytest.mark.parametrize("status", [200, 412])
def test_uploads_an_image_and_waits_for_it(api: FakeApi, url: str, photo: Path, status: int) -> None:
    accept_upload(api, url)
    api.put_status = status
    assert recognize(url, photo, TOKEN) == {"image": {"status": "done"}}
    (method, path, body), *others = api.requests
    assert (method, path, json.loads(body)) == (
        "POST",
        "/uploads",
        {"fileName": "photo.jpg", "contentType": "image/jpeg", "size": 9, "sha256": ID},
    )
    assert others == [
        ("PUT", "/bucket/key", BODY),
        ("GET", f"/images/{ID}", b""),
        ("GET", f"/images/{ID}", b""),
    ]


@pytest.mark.parametrize(
    ("response", "message"),
    [
        ((429, {"message": "Too Many Requests"}), "Too Many Requests"),
        ((500, {}), "The API responded with 500 INTERNAL SERVER ERROR."),
    ],
)
def test_raises_the_message_of_an_error_response(
    api: FakeApi, url: str, photo: Path, response: tuple[int, Any], message: str
) -> None:
    api.upload_response = response
    with pytest.raises(ClientError) as caught:
        recognize(url, photo, TOKEN)
    assert str(caught.value) == message


def test_raises_after_the_timeout(url: str, photo: Path) -> None:
    with pytest.raises(ClientError, match=r"^The picture wasn't recognized within 0 seconds\.$"):
        recognize(url, photo, TOKEN, timeout=0)
