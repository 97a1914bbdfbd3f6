"""The Docker engine that SAM CLI uses: what it can run, and a way from its containers to this machine."""

from __future__ import annotations

import contextlib
import json
import platform
import shutil
import socket
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from ipaddress import ip_network

_BASE_IMAGE = "public.ecr.aws/lambda/python:3.13"
_BUFFER_BYTES = 64 * 1024


class DockerUnavailable(Exception):
    """The Docker engine can't be used; the message says what to do."""


def architecture() -> str:
    """Return Lambda's name for this machine's architecture, the only one that runs without emulation."""
    return "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64"


def require_engine() -> None:
    """Raises DockerUnavailable if Docker isn't installed or isn't running."""
    if shutil.which("docker") is None:
        raise DockerUnavailable("sam local needs Docker, which isn't installed. Install it and try again.")
    if _docker("info").returncode != 0:
        raise DockerUnavailable(
            "sam local needs a running Docker engine. Start Docker Desktop or dockerd, "
            "and make sure that docker info works."
        )


def has_base_image() -> bool:
    """Return whether Lambda's base image is present, so that it needn't be pulled."""
    return _docker("image", "inspect", f"{_BASE_IMAGE}-{architecture()}").returncode == 0


def gateway() -> str | None:
    """Return this machine's address in the containers' network.

    None with Docker Desktop, whose host.docker.internal reaches this machine's loopback interface directly.
    """
    if platform.system() != "Linux":
        return None
    inspected = _docker("network", "inspect", "bridge", "--format", "{{json .IPAM.Config}}")
    if inspected.returncode != 0:
        return None
    config = json.loads(inspected.stdout)[0]
    # Older engines omit the gateway, which is then the first address of the subnet.
    return str(config.get("Gateway", next(ip_network(config["Subnet"]).hosts())))


@contextlib.contextmanager
def relay(host: str, port: int, target: tuple[str, int]) -> Iterator[int]:
    """Forward connections from `host:port` to `target` and yield the port. Port 0 means any free port.

    Containers on Linux can't reach a server that listens on the loopback interface only.
    Raises OSError if the address is in use.
    """

    class Connection(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(target) as upstream:
                responses = threading.Thread(target=_copy, args=(upstream, self.request), daemon=True)
                responses.start()
                _copy(self.request, upstream)
                responses.join()

    class Relay(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Relay((host, port), Connection) as server:
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    # Either side can close the connection at any time; the shutdown passes the end of the stream on.
    with contextlib.suppress(OSError):
        while data := source.recv(_BUFFER_BYTES):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def _docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)  # noqa: S603, S607
