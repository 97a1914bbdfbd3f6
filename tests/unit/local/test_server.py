from __future__ import annotations

import http.client
from typing import TYPE_CHECKING

import pytest
from werkzeug import Request, Response

from local.server import AddressError, Server, reachable_url

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server("127.0.0.1", 0, "WEB_PORT")
    yield server
    server.stop()


@pytest.fixture
def connection(server: Server) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    yield connection
    connection.close()


@Request.application
def echo(request: Request) -> Response:
    if request.path == "/error":
        raise RuntimeError("broken")
    return Response(b"unread" if request.path == "/unread" else request.get_data())


def test_accepts_connections_before_it_serves(server: Server, connection: http.client.HTTPConnection) -> None:
    assert server.url == f"http://127.0.0.1:{server.port}"
    connection.request("GET", "/")
    server.serve(Response("hello"))
    response = connection.getresponse()
    assert (response.version, response.status, response.read()) == (11, 200, b"hello")


def test_keeps_a_connection_alive_after_reading_the_body(
    server: Server, connection: http.client.HTTPConnection
) -> None:
    server.serve(echo)
    connection.connect()
    first_socket = connection.sock
    connection.request("POST", "/", b"with a length")
    assert connection.getresponse().read() == b"with a length"
    connection.request("POST", "/", iter([b"in ", b"chunks"]))
    assert connection.getresponse().read() == b"in chunks"
    assert connection.sock is first_socket


def test_closes_a_connection_if_the_body_was_not_read(
    server: Server, connection: http.client.HTTPConnection
) -> None:
    server.serve(echo)
    connection.request("POST", "/unread", bytes(1 << 20))
    response = connection.getresponse()
    assert (response.read(), response.headers["Connection"]) == (b"unread", "close")


def test_responds_with_500_if_the_application_raises(
    server: Server, connection: http.client.HTTPConnection
) -> None:
    server.serve(echo)
    connection.request("GET", "/error")
    assert connection.getresponse().status == 500


def test_stop_closes_idle_connections(server: Server, connection: http.client.HTTPConnection) -> None:
    server.serve(echo)
    connection.request("GET", "/")
    connection.getresponse().read()
    server.stop()
    assert connection.sock.recv(1) == b""


def test_explains_a_port_in_use(server: Server) -> None:
    with pytest.raises(AddressError) as raised:
        Server("127.0.0.1", server.port, "API_PORT")
    assert str(raised.value) == (
        f"Port {server.port} on 127.0.0.1 can't be used: Address already in use. "
        "Set API_PORT to another port, or to 0 for any free port."
    )


def test_stop_releases_the_port(server: Server) -> None:
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
def test_reachable_url_replaces_wildcard_hosts(host: str, url: str) -> None:
    assert reachable_url(host, 80) == url
