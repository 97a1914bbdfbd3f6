from __future__ import annotations

import http.client
from typing import TYPE_CHECKING

import pytest
from werkzeug import Response

from local.server import AddressError, Server, reachable_url

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[Server]:
    started = Server("127.0.0.1", 0, "WEB_PORT")
    yield started
    started.stop()


def test_a_server_has_an_address_before_it_serves(server: Server) -> None:
    assert server.url == f"http://127.0.0.1:{server.port}"
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/")  # queued until the server serves
    server.serve(Response("hello"))
    response = connection.getresponse()
    assert (response.version, response.status, response.read()) == (11, 200, b"hello")
    connection.close()


def test_a_taken_port_is_explained(server: Server) -> None:
    with pytest.raises(AddressError) as caught:
        Server("127.0.0.1", server.port, "API_PORT")
    assert str(caught.value) == (
        f"Port {server.port} on 127.0.0.1 can't be used: Address already in use. "
        "Set API_PORT to another port, or to 0 for any free port."
    )


def test_a_port_is_free_again_after_a_stop(server: Server) -> None:
    server.serve(Response("hello"))
    server.stop()
    Server("127.0.0.1", server.port, "WEB_PORT").stop()


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("pictures.test", "http://pictures.test:80"),
    ],
)
def test_a_server_that_listens_everywhere_is_reached_here(host: str, url: str) -> None:
    assert reachable_url(host, 80) == url
