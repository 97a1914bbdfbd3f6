from __future__ import annotations

import gzip
import json
import os
import re
from pathlib import Path

import brotli
import pytest
from werkzeug.test import Client, TestResponse

from local.site.compression import is_compressed
from local.site.site import Site, media_type

HTML = """<link rel="stylesheet" href="styles/app.css">
<script type="module" src="scripts/app.js"></script>
"""
SOURCES = {
    "index.html": HTML,
    "scripts/app.js": "start();  // at once",
    "scripts/unused.js": "start();",
    "styles/app.css": "a { color: red; }",
    ".hidden": "hidden",
    "scripts/.env": "hidden",
    "a b é.svg": "<svg/>",
    "long.txt": "text " * 300,
}
PRECONNECTS = b"""<link rel="preconnect" href="http://127.0.0.1:3000" crossorigin>
<link rel="preconnect" href="http://127.0.0.1:9000" crossorigin>
<link rel="preconnect" href="http://127.0.0.1:4566">
"""
CONFIG = {"apiUrl": "http://127.0.0.1:3000", "signIn": {"issuer": "http://127.0.0.1:9000"}}
PAGE = "http://127.0.0.1:8080"
HEADERS = {"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff"}
UNCACHED = "no-store"
REVALIDATED = "public, max-age=0, must-revalidate"
IMMUTABLE = "public, max-age=31536000, immutable"


@pytest.fixture
def web(tmp_path: Path) -> Path:
    folder = tmp_path / "web"
    for name, text in SOURCES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    return folder


@pytest.fixture
def client(web: Path) -> Client:
    return Client(Site(web, PAGE, CONFIG, HEADERS, "http://127.0.0.1:4566"))


@pytest.fixture
def release(client: Client) -> str:
    return current_release(client)


def current_release(client: Client) -> str:
    """Return the folder of the release that index.html refers to."""
    (folder,) = set(re.findall('"([0-9a-f]{16})/', get(client, "/").get_data(as_text=True)))
    return f"/{folder}"


def get(client: Client, path: str, accept_encoding: str = "") -> TestResponse:
    headers = {"Accept-Encoding": accept_encoding}
    return client.get(path, PAGE, headers=headers, environ_overrides={"RAW_URI": path})


@pytest.mark.parametrize("path", ["/", "/index.html?a=b"])
def test_index_html_refers_to_the_files_of_its_release(client: Client, release: str, path: str) -> None:
    html = re.sub('"(?=styles/|scripts/)', f'"{release.removeprefix("/")}/', HTML)
    expect_file(get(client, path), "text/html; charset=utf-8", REVALIDATED, PRECONNECTS + html.encode())


@pytest.mark.parametrize(
    ("path", "content_type", "body"),
    [
        ("/scripts/app.js", "text/javascript; charset=utf-8", b"start();\n"),
        ("/styles/app.css", "text/css; charset=utf-8", b"a{color:red}\n"),
        ("/a%20b%20%C3%A9.svg", "image/svg+xml", b"<svg/>"),
    ],
)
def test_browsers_keep_the_files_of_a_release(
    client: Client, release: str, path: str, content_type: str, body: bytes
) -> None:
    expect_file(get(client, release + path), content_type, IMMUTABLE, body)


def test_the_settings_are_read_each_time(client: Client) -> None:
    expect_file(get(client, "/config.json"), "application/json", UNCACHED, json.dumps(CONFIG).encode())


def expect_file(response: TestResponse, content_type: str, cache_control: str, body: bytes) -> None:
    served = (response.status_code, response.headers["Content-Type"], response.get_data())
    assert served == (200, content_type, body)
    assert set(response.headers.items()) >= {*HEADERS.items(), ("Cache-Control", cache_control)}


@pytest.mark.parametrize(
    "path",
    [
        "/missing.html",
        "/scripts",
        "/scripts/",
        "/scripts/unused.js",
        "/scripts/app.js",
        "RELEASE/index.html",
        "RELEASE/scripts/unused.js",
        "RELEASE/.hidden",
        "RELEASE/../../secret.txt",
        "RELEASE/link.txt",
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
def test_does_not_serve_anything_else(client: Client, release: str, path: str) -> None:
    response = get(client, path.replace("RELEASE", release))
    assert (response.status_code, response.get_data()) == (404, b"This page doesn't exist.")
    assert set(response.headers.items()) >= {*HEADERS.items(), ("Cache-Control", UNCACHED)}


def test_serves_the_latest_edit_and_the_release_before_it(web: Path, client: Client) -> None:
    releases = [current_release(client)]
    for text in ("stop(1);", "stop(22);"):
        (web / "scripts" / "app.js").write_text(text)
        releases.append(current_release(client))
    served = [get(client, f"{release}/scripts/app.js") for release in releases]
    assert [(response.status_code, response.get_data()) for response in served] == [
        (404, b"This page doesn't exist."),
        (200, b"stop(1);\n"),
        (200, b"stop(22);\n"),
    ]


def test_a_file_that_was_written_without_a_change_is_no_release(web: Path, client: Client) -> None:
    releases = [current_release(client)]
    (web / "scripts" / "app.js").write_text("stop(1);")
    releases.append(current_release(client))
    os.utime(web / "scripts" / "app.js", (1, 1))
    assert current_release(client) == releases[1]
    assert [get(client, f"{release}/scripts/app.js").status_code for release in releases] == [200, 200]


def test_an_edit_that_is_not_valid_is_explained_until_it_is_corrected(web: Path, client: Client) -> None:
    (web / "scripts" / "app.js").write_text("start();\nstop(;")
    response = get(client, "/")
    explanation = b"scripts/app.js:2: This isn't valid JavaScript."
    assert (response.status_code, response.get_data()) == (500, explanation)
    (web / "scripts" / "app.js").write_text("start();\nstop();")
    assert get(client, "/").status_code == 200


@pytest.mark.parametrize(
    ("accept_encoding", "encoding"),
    [("gzip, deflate, br", "br"), ("gzip, br;q=0", "gzip"), ("gzip", "gzip"), ("", None)],
)
def test_compresses_as_the_browser_accepts(
    client: Client, release: str, accept_encoding: str, encoding: str | None
) -> None:
    response = get(client, f"{release}/long.txt", accept_encoding)
    decompress = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert decompress(response.get_data()) == SOURCES["long.txt"].encode()
    assert (response.headers.get("Content-Encoding"), response.headers["Vary"]) == (
        encoding,
        "Accept-Encoding",
    )
    assert response.headers["Content-Length"] == str(len(response.get_data()))


@pytest.mark.parametrize(
    ("content_type", "size", "expected"),
    [
        ("text/html; charset=utf-8", 999, False),
        ("text/html; charset=utf-8", 1_000, True),
        ("text/javascript; charset=utf-8", 10_000_000, True),
        ("text/css; charset=utf-8", 10_000_001, False),
        ("image/svg+xml", 2_000, True),
        ("application/json", 2_000, True),
        ("image/jpeg", 2_000, False),
    ],
)
def test_compresses_what_cloudfront_compresses(content_type: str, size: int, expected: bool) -> None:
    assert is_compressed(content_type, size) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.JPG", "image/jpeg"), ("a.heic", "image/heic"), ("a", "application/octet-stream")],
)
def test_the_media_type_depends_on_the_extension(name: str, expected: str) -> None:
    assert media_type(Path(name)) == expected
