from __future__ import annotations

from pathlib import Path

import pytest
from werkzeug.test import Client, TestResponse

from local.site.site import Site, media_type

PAGE = "http://127.0.0.1:8080"
HEADERS = {"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff"}
EVERY_RESPONSE = {*HEADERS.items(), ("Cache-Control", "no-store")}


@pytest.fixture
def web(tmp_path: Path) -> Path:
    folder = tmp_path / "web"
    for name in ("index.html", "scripts/app.js", "styles/app.css", ".hidden", "scripts/.env", "a b é.svg"):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"this is {name}")
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    return folder


def get(folder: Path, path: str) -> TestResponse:
    site = Site(folder, PAGE, {"apiUrl": "http://127.0.0.1:3000"}, HEADERS)
    return Client(site).get(path, PAGE, environ_overrides={"RAW_URI": path})


@pytest.mark.parametrize(
    ("path", "content_type", "body"),
    [
        ("/", "text/html; charset=utf-8", b"this is index.html"),
        ("/index.html?a=b", "text/html; charset=utf-8", b"this is index.html"),
        ("/scripts/app.js", "text/javascript; charset=utf-8", b"this is scripts/app.js"),
        ("/styles/app.css", "text/css; charset=utf-8", b"this is styles/app.css"),
        ("/a%20b%20%C3%A9.svg", "image/svg+xml", "this is a b é.svg".encode()),
        ("/config.json", "application/json", b'{"apiUrl": "http://127.0.0.1:3000"}'),
    ],
)
def test_serves_the_files_of_the_page(web: Path, path: str, content_type: str, body: bytes) -> None:
    response = get(web, path)
    served = (response.status_code, response.headers["Content-Type"], response.get_data())
    assert served == (200, content_type, body)
    assert set(response.headers.items()) >= EVERY_RESPONSE


@pytest.mark.parametrize(
    "path",
    [
        "/missing.html",
        "/scripts",
        "/scripts/",
        "/.hidden",
        "/scripts/.env",
        "/../secret.txt",
        "/..%2Fsecret.txt",
        "/scripts/..%2F..%2Fsecret.txt",
        "/link.txt",
        "//etc/passwd",
        "/%00",
        "/a%5Cb",
        "/" + "a" * 300,
    ],
)
def test_does_not_serve_anything_else(web: Path, path: str) -> None:
    response = get(web, path)
    assert (response.status_code, response.get_data()) == (404, b"This page doesn't exist.")
    assert set(response.headers.items()) >= EVERY_RESPONSE


def test_serves_the_latest_edit(web: Path) -> None:
    assert get(web, "/").get_data() == b"this is index.html"
    (web / "index.html").write_text("edited")
    assert get(web, "/").get_data() == b"edited"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.JPG", "image/jpeg"), ("a.heic", "image/heic"), ("a", "application/octet-stream")],
)
def test_the_media_type_depends_on_the_extension(name: str, expected: str) -> None:
    assert media_type(Path(name)) == expected
