from __future__ import annotations

import http.client
from typing import TYPE_CHECKING

import pytest
from werkzeug import Request, Response

from local.faults import AnswerLost
from local.server import Server, reachable_url

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
    return Response(request.get_data())


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


def test_stop_closes_idle_connections(server: Server, connection: http.client.HTTPConnection) -> None:
    server.serve(echo)
    connection.request("GET", "/")
    connection.getresponse().read()
    server.stop()
    assert connection.sock.recv(1) == b""


def test_url_of_a_wildcard_host_is_reachable() -> None:
    assert reachable_url("0.0.0.0", 80) == "http://127.0.0.1:80"
    assert reachable_url("::", 80) == "http://[::1]:80"


def test_closes_the_connection_if_the_answer_is_lost(
    server: Server, connection: http.client.HTTPConnection
) -> None:
    @Request.application
    def lose(request: Request) -> Response:
        raise AnswerLost

    server.serve(lose)
    connection.request("PUT", "/", b"body")
    with pytest.raises(http.client.RemoteDisconnected):
        connection.getresponse()
