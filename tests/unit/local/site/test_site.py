from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from werkzeug.test import Client, TestResponse

from local.site.site import Site

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "http://127.0.0.1:8080"
HEADERS = {"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff"}


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


def get(folder: Path, path: str, host: str = "127.0.0.1:8080", method: str = "GET") -> TestResponse:
    site = Site(folder, PAGE, {"apiUrl": "http://127.0.0.1:3000"}, HEADERS)
    return Client(site).open(path, f"http://{host}", method=method, environ_overrides={"RAW_URI": path})


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
def test_the_pages_files_are_served(web: Path, path: str, content_type: str, body: bytes) -> None:
    response = get(web, path)
    found = (response.status_code, response.headers["Content-Type"], response.get_data())
    assert found == (200, content_type, body)
    sent = {**HEADERS, "Cache-Control": "no-store"}
    assert {name: response.headers[name] for name in sent} == sent


@pytest.mark.parametrize(
    "path",
    [
        "/nothing.html",
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
def test_nothing_else_is(web: Path, path: str) -> None:
    response = get(web, path)
    assert (response.status_code, response.get_data()) == (404, b"There is no such page.")
    sent = {**HEADERS, "Cache-Control": "no-store"}
    assert {name: response.headers[name] for name in sent} == sent


def test_an_edit_shows_at_once(web: Path) -> None:
    assert get(web, "/").get_data() == b"this is index.html"
    (web / "index.html").write_text("edited")
    assert get(web, "/").get_data() == b"edited"


def test_other_methods_are_refused(web: Path) -> None:
    response = get(web, "/", method="POST")
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")
    assert get(web, "/", method="HEAD").get_data() == b""


@pytest.mark.parametrize("host", ["localhost:8080", "example.com"])
def test_another_name_leads_to_the_pages_own(web: Path, host: str) -> None:
    response = get(web, "/a?b=c", host=host)
    assert (response.status_code, response.headers["Location"]) == (307, f"{PAGE}/a?b=c")
