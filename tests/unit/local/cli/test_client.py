"""The client against a small API of the tests' own."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug import Request, Response

from local.cli.client import ClientError, media_type, recognise
from local.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BODY = b"the bytes"
TOKEN = "a-token"
ID = hashlib.sha256(BODY).hexdigest()


class Api:
    """Answers as told, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, bytes]] = []
        self.tokens: list[str | None] = []
        self.permission: tuple[int, Any] = (200, {"image": {}})
        self.put_status = 200
        self.images = [{"image": {"status": "pending"}}, {"image": {"status": "done"}}]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        self.asked.append((request.method, request.path, request.get_data()))
        self.tokens.append(request.headers.get("authorization"))
        match request.method:
            case "POST":
                status, document = self.permission
            case "PUT":
                status, document = self.put_status, {"type": request.headers["content-type"]}
            case _:
                status, document = 200, self.images.pop(0)
        return Response(json.dumps(document), status)(environ, start_response)


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def url(api: Api) -> Iterator[str]:
    server = Server("127.0.0.1", 0, "API_PORT")
    server.serve(api)
    yield server.url
    server.stop()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "photo.jpg"
    file.write_bytes(BODY)
    return file


def permit(api: Api, url: str) -> None:
    upload = {"method": "PUT", "url": f"{url}/bucket/key", "headers": {"Content-Type": "image/jpeg"}}
    api.permission = (201, {"image": {}, "upload": upload})


@pytest.mark.parametrize("status", [200, 412])
def test_a_picture_is_sent_and_waited_for(api: Api, url: str, photo: Path, status: int) -> None:
    permit(api, url)
    api.put_status = status
    assert recognise(url, photo, TOKEN) == {"image": {"status": "done"}}
    (method, path, body), *others = api.asked
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


def test_a_known_picture_is_not_sent_again(api: Api, url: str, photo: Path) -> None:
    recognise(url, photo, TOKEN)
    assert [method for method, _, _ in api.asked] == ["POST", "GET", "GET"]


@pytest.mark.parametrize(
    ("permission", "sentence"),
    [
        ((415, {"detail": "This type is not taken."}), "This type is not taken."),
        ((429, {"message": "Too Many Requests"}), "Too Many Requests"),
        ((500, {}), "The API answered 500."),
    ],
)
def test_a_refusal_is_told_in_its_own_words(
    api: Api, url: str, photo: Path, permission: tuple[int, Any], sentence: str
) -> None:
    api.permission = permission
    with pytest.raises(ClientError) as caught:
        recognise(url, photo, TOKEN)
    assert str(caught.value) == sentence


def test_a_refused_upload_is_told(api: Api, url: str, photo: Path) -> None:
    permit(api, url)
    api.put_status = 403
    with pytest.raises(ClientError, match=r"^The upload was refused \(403 FORBIDDEN\)\.$"):
        recognise(url, photo, TOKEN)


def test_patience_ends(url: str, photo: Path) -> None:
    with pytest.raises(ClientError, match=r"^The picture was not recognised within 0 seconds\.$"):
        recognise(url, photo, TOKEN, patience=0)


def test_an_api_that_is_not_there_is_told(photo: Path) -> None:
    server = Server("127.0.0.1", 0, "API_PORT")
    server.stop()
    with pytest.raises(ClientError, match=r"^The API cannot be reached: .*refused\.$"):
        recognise(server.url, photo, TOKEN)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ClientError, match=r"photo\.jpg cannot be read: No such file or directory\.$"):
        recognise("http://127.0.0.1:1", tmp_path / "photo.jpg", TOKEN)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.JPG", "image/jpeg"),
        ("a.png", "image/png"),
        ("a.heic", "image/heic"),
        ("a.webp", "image/webp"),
        ("a.txt", "text/plain"),
        ("a", "application/octet-stream"),
    ],
)
def test_the_type_follows_the_name(tmp_path: Path, name: str, expected: str) -> None:
    assert media_type(tmp_path / name) == expected
