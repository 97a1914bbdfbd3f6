"""A run of the client while its network is cut: 1,000 pictures, on a stack of its own.

`test_client_network.py` looks at what the run leaves.
"""

from __future__ import annotations

import functools
import hashlib
import socket
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.parse import urlsplit

import httpcore
import httpx

from bench.usage.engine import Engine
from common.object_keys import upload_key
from glimpse import Client, IdToken
from glimpse.uploader import Uploader
from local.aws.endpoint import AwsEndpoint
from local.aws.moto_state import find_object
from local.settings import UNLIMITED
from local.sign_in.user_pool import USERS
from local.stack import Stack
from tests.image_files import encode, marked
from tests.stack.client import unique_jpeg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PICTURES = 1000
_DETECTORS = ("DetectModeration", "DetectText", "DetectFaces")
_PARAMETERS = {
    **UNLIMITED,
    **dict.fromkeys(_DETECTORS, "false"),
    "ApiRateLimit": "10000",
    "ApiBurstLimit": "5000",
}
_JOBS = 8
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


class _Engine(Engine):
    """Finds one label, so that a picture has few entries in the index."""

    names = 1


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


def _transport(proxies: dict[int, int]) -> httpx.BaseTransport:
    transport = httpx.HTTPTransport()
    transport._pool = httpcore.ConnectionPool(network_backend=_Detour(proxies))
    return transport


@dataclass
class Observation:
    """What the run leaves. The PUTs are those of the client, by id and status."""

    cuts: list[int]
    puts: Counter[tuple[str, int]]
    stored: dict[str, str]  # the SHA-256 of the bytes by id
    statuses: Counter[str]
    listed: Counter[str]
    files: set[str]
    seconds: float


def take() -> Observation:
    """Upload the pictures, and look at what is stored."""
    puts: Counter[tuple[str, int]] = Counter()
    network = Network(cut_in_bytes=PICTURES // 3, cut_before_response=2 * PICTURES // 3)
    with ExitStack() as cleanup:
        folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory()))
        jpeg = encode(marked((80, 80)), "JPEG")
        for number in range(PICTURES):
            Path(folder, f"{number:04}.jpg").write_bytes(unique_jpeg(jpeg))
        options: dict[str, Any] = {"engine": _Engine, "schedules": False, "log": lambda name, line: None}
        stack = cleanup.enter_context(Stack(parameters=_PARAMETERS, speedup=1200, **options))
        cleanup.enter_context(_counting(puts))  # not the stack's own sample upload
        ports = [urlsplit(url).port or 0 for url in (stack.api_url, stack.aws_url)]
        transport = _transport({port: network.proxy(port) for port in ports})
        client = cleanup.enter_context(
            Client(stack.api_url, IdToken(stack.token("alice")), transport=transport)
        )
        started = time.monotonic()
        outcomes = list(Uploader(client, _JOBS).upload(sorted(folder.iterdir())))
        seconds = time.monotonic() - started
        bucket = stack.template.outputs["InputBucketName"]
        stored = {
            image["id"]: _stored_hash(bucket, upload_key(USERS["alice"].sub, image["id"]))
            for image in (each.image for each in outcomes)
            if image
        }
        return Observation(
            cuts=network.cuts,
            puts=puts,
            stored=stored,
            statuses=Counter(each.image["status"] if each.image else str(each.error) for each in outcomes),
            listed=Counter(image["status"] for image in client.search()),
            files={each.path.name for each in outcomes},
            seconds=seconds,
        )


def _stored_hash(bucket: str, key: str) -> str:
    found = find_object(bucket, key)
    return hashlib.sha256(found.body).hexdigest() if found else ""


def _counting(puts: Counter[tuple[str, int]]) -> Any:
    """Count the presigned PUTs that reach S3, by id and status, within a `with` block."""
    serve = AwsEndpoint.__call__

    @functools.wraps(serve)
    def counted(endpoint: AwsEndpoint, environ: Any, start_response: Callable[..., Any]) -> Iterator[bytes]:
        def start(status: str, *arguments: Any) -> Any:
            if environ["REQUEST_METHOD"] == "PUT" and "X-Amz-Signature=" in environ.get("QUERY_STRING", ""):
                puts[environ["PATH_INFO"].rpartition("/")[2], int(status.split()[0])] += 1
            return start_response(status, *arguments)

        return serve(endpoint, environ, start)  # type: ignore[return-value]

    return patch.object(AwsEndpoint, "__call__", counted)
