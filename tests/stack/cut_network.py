"""A network between a client and servers on this machine, which can be cut."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpcore
import httpx

_OUTAGE = 1.0  # seconds
_BUFFER = 65_536


@dataclass
class Network:
    """What is between the client and the servers. It is cut at two PUTs, for a second each.

    The first cut lets only half of a file's bytes through, the second one loses the response to a PUT that S3
    has carried out.
    """

    cut_in_bytes: int  # the number of the PUT
    cut_before_response: int
    cuts: list[int] = field(default_factory=list)  # connections that each one ended
    _puts: int = 0
    _down_until: float = 0.0
    _sockets: set[socket.socket] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def proxy(self, port: int) -> int:
        """Start a proxy for a port on this machine, and return its own port."""
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        threading.Thread(target=self._accept, args=(listener, port), daemon=True).start()
        return int(listener.getsockname()[1])

    def _accept(self, listener: socket.socket, port: int) -> None:
        while True:
            client, _ = listener.accept()
            if time.monotonic() < self._down_until:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", port))
            with self._lock:
                self._sockets |= {client, server}
            threading.Thread(target=self._send_requests, args=(client, server), daemon=True).start()

    def _send_requests(self, client: socket.socket, server: socket.socket) -> None:
        """Pass on the requests of a connection, and start to pass on the responses."""
        responses = _Responses()
        threading.Thread(target=self._send_responses, args=(server, client, responses), daemon=True).start()
        with suppress(OSError):
            while data := client.recv(_BUFFER):
                number = self._count_put() if data.startswith(b"PUT ") else 0
                responses.are_lost = responses.are_lost or number == self.cut_before_response
                if number == self.cut_in_bytes:
                    head, end, body = data.partition(b"\r\n\r\n")
                    body = body or client.recv(_BUFFER)
                    server.sendall(head + end + body[: len(body) // 2])
                    self._cut()
                    break
                server.sendall(data)
        self._close(client, server)

    def _send_responses(self, server: socket.socket, client: socket.socket, responses: _Responses) -> None:
        with suppress(OSError):
            while data := server.recv(_BUFFER):
                if responses.are_lost:
                    self._cut()
                client.sendall(data)
        self._close(client, server)

    def _count_put(self) -> int:
        with self._lock:
            self._puts += 1
            return self._puts

    def _cut(self) -> None:
        """End all connections, and accept no new one for a while."""
        with self._lock:
            self._down_until = time.monotonic() + _OUTAGE
            self.cuts.append(len(self._sockets) // 2)
            ended, self._sockets = self._sockets, set()
        for each in ended:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _close(self, *sockets: socket.socket) -> None:
        with self._lock:
            self._sockets -= set(sockets)
        for each in sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@dataclass
class _Responses:
    """The responses of a connection."""

    are_lost: bool = False


class _Detour(httpcore.SyncBackend):
    """Connects to the proxy of a port. The URLs stay the same, because S3's signatures contain the host."""

    def __init__(self, proxies: dict[int, int]) -> None:
        self._proxies = proxies

    def connect_tcp(self, host: str, port: int, *arguments: Any, **options: Any) -> httpcore.NetworkStream:
        return super().connect_tcp(host, self._proxies[port], *arguments, **options)


def detour(proxies: dict[int, int]) -> httpx.BaseTransport:
    """Return a transport for a client whose requests take the proxies, by port."""
    transport = httpx.HTTPTransport()
    transport._pool = httpcore.ConnectionPool(network_backend=_Detour(proxies))
    return transport
