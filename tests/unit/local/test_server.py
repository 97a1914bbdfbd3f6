from __future__ import annotations

import errno
import http.client
import os
import socket
from typing import TYPE_CHECKING
from unittest.mock import ANY

import pytest
from werkzeug import Request, Response

from local.faults import AnswerLost
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


def exchange(server: Server, request: str) -> tuple[int, dict[str, str], bytes]:
    """Send exactly these lines and a body, and return the response to them."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(request.replace("\n", "\r\n").encode())
        connection.shutdown(socket.SHUT_WR)
        response = http.client.HTTPResponse(connection, method=request.split()[0])
        response.begin()
        body = response.read()
        assert connection.recv(1) == b""
        return response.status, dict(response.getheaders()), body


@pytest.mark.parametrize(
    "request_text",
    [
        *(
            f"{method} / HTTP/1.1\nHost: evil.example\n\n"
            for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW")
        ),
        "GET / HTTP/1.0\nHost: evil.example\n\n",
        "POST / HTTP/1.1\nHost: evil.example\nContent-Length: 5\n\nhello",
        "POST / HTTP/1.1\nHost: evil.example\nTransfer-Encoding: chunked\n\n5\nhello\n0\n\n",
        "PUT / HTTP/1.1\nHost: evil.example\nContent-Length: 5\nExpect: 100-continue\n\n",
        "GET / HTTP/1.1\nHost: evil.example\nUpgrade: websocket\nConnection: Upgrade\n\n",
        "GET / HTTP/1.1\nHost: evil.example\nX-Forwarded-Host: 127.0.0.1\n\n",
        "OPTIONS * HTTP/1.1\nHost: evil.example\nOrigin: http://evil.example\n\n",
        "GET http://evil.example/ HTTP/1.1\nHost: 127.0.0.1\n\n",
        "GET http://127.0.0.1/ HTTP/1.1\nHost: evil.example\n\n",
    ],
)
def test_refuses_every_request_for_another_host(server: Server, request_text: str) -> None:
    server.serve(Response("secret", headers={"Access-Control-Allow-Origin": "*"}))
    status, headers, body = exchange(server, request_text)
    assert (status, body.decode()) == (
        421,
        f'This server isn\'t called "evil.example". Use http://127.0.0.1:{server.port} instead.\n',
    )
    assert headers == {
        "Date": ANY,
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Connection": "close",
    }


def test_refuses_a_head_request_for_another_host(server: Server) -> None:
    server.serve(Response("secret"))
    assert exchange(server, "HEAD / HTTP/1.1\nHost: evil.example\n\n")[::2] == (421, b"")


@pytest.mark.parametrize(
    ("request_text", "reason"),
    [
        ("GET / HTTP/1.1\n\n", "A request must have exactly one Host header."),
        ("GET / HTTP/1.0\n\n", "A request must have exactly one Host header."),
        (
            "GET / HTTP/1.1\nHost: 127.0.0.1\nhost: evil.example\n\n",
            "A request must have exactly one Host header.",
        ),
        ("GET http://[ HTTP/1.1\nHost: 127.0.0.1\n\n", "The request target isn't a valid URL."),
    ],
)
def test_refuses_a_request_that_names_no_host_or_several(
    server: Server, request_text: str, reason: str
) -> None:
    server.serve(Response("secret"))
    status, _, body = exchange(server, request_text)
    assert (status, body.decode()) == (400, f"{reason}\n")


@pytest.mark.parametrize("target", ["/", "http://localhost/"])
def test_accepts_its_own_names(server: Server, target: str) -> None:
    server.serve(Response("hello"))
    request = f"GET {target} HTTP/1.1\nHost: localhost:{server.port}\nConnection: close\n\n"
    assert exchange(server, request)[::2] == (200, b"hello")


@pytest.mark.parametrize("host_setting", ["HOST", "AWS_HOST"])
@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("192.0.2.1", os.strerror(errno.EADDRNOTAVAIL)),
        ("a" * 64, "it isn't a host name"),
    ],
)
def test_names_the_setting_of_a_host_that_cannot_be_used(host_setting: str, host: str, reason: str) -> None:
    with pytest.raises(AddressError) as caught:
        Server(host, 0, "AWS_PORT", host_setting=host_setting)
    assert str(caught.value) == (
        f"{host_setting} can't be {host!r}: {reason}. "
        "Set it to 127.0.0.1, or to another address of this machine."
    )


@pytest.mark.parametrize("host", ["name.invalid", "127.0.0.1:4566", "[::1]", "http://localhost"])
def test_names_the_setting_of_a_host_that_cannot_be_resolved(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr("local.server.socket.getaddrinfo", fail)
    with pytest.raises(AddressError) as caught:
        Server(host, 0, "AWS_PORT", host_setting="AWS_HOST")
    assert str(caught.value) == (
        f"AWS_HOST can't be {host!r}: Name or service not known. "
        "Set it to 127.0.0.1, or to another address of this machine."
    )


def test_names_the_setting_of_a_port_in_use(server: Server) -> None:
    with pytest.raises(AddressError) as caught:
        Server("127.0.0.1", server.port, "AWS_PORT", host_setting="AWS_HOST")
    assert str(caught.value) == (
        f"Port {server.port} on 127.0.0.1 can't be used: Address already in use. "
        "Set AWS_PORT to another port, or to 0 for any free port."
    )
