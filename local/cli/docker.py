"""The container engine that SAM CLI uses: what it can run, and a way from its containers to this machine."""

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
from dataclasses import dataclass
from ipaddress import ip_network

_COMMANDS = ("docker", "finch")  # in SAM CLI's order of preference
_BASE_IMAGE = "public.ecr.aws/lambda/python:3.13"
_BUFFER_BYTES = 64 * 1024


class EngineUnavailable(Exception):
    """No container engine can be used; the message says what to do."""


@dataclass(frozen=True)
class Engine:
    """A running container engine. Finch has Docker's commands."""

    command: str

    def has_base_image(self) -> bool:
        """Return whether Lambda's base image is present, so that it needn't be pulled."""
        return _run(self.command, "image", "inspect", f"{_BASE_IMAGE}-{architecture()}").returncode == 0

    def gateway(self) -> str | None:
        """Return this machine's address in the containers' network.

        None on other systems than Linux, where the engine runs in a virtual machine and its
        host.docker.internal reaches this machine's loopback interface directly.
        """
        if platform.system() != "Linux":
            return None
        inspected = _run(self.command, "network", "inspect", "bridge", "--format", "{{json .IPAM.Config}}")
        if inspected.returncode != 0:
            return None
        config = json.loads(inspected.stdout)[0]
        # Older engines omit the gateway, which is then the first address of the subnet.
        return str(config.get("Gateway", next(ip_network(config["Subnet"]).hosts())))


def find_engine() -> Engine:
    """Return the engine that SAM CLI chooses. Raises EngineUnavailable if none is installed or running."""
    installed = [command for command in _COMMANDS if shutil.which(command)]
    if not installed:
        raise EngineUnavailable(
            "sam local needs Docker or Finch, and neither is installed. Install one of them and try again."
        )
    for command in installed:
        if _run(command, "info").returncode == 0:
            return Engine(command)
    raise EngineUnavailable(
        "sam local needs a running container engine. Start Docker Desktop, dockerd or Finch, "
        f"and make sure that {' or '.join(f'{command} info' for command in installed)} works."
    )


def architecture() -> str:
    """Return Lambda's name for this machine's architecture, the only one that runs without emulation."""
    return "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64"


@contextlib.contextmanager
def relay(host: str, port: int, target: tuple[str, int]) -> Iterator[None]:
    """Forward connections from `host:port` to `target`.

    Containers on Linux can't reach a server that listens on the loopback interface only.
    Raises OSError if the address is in use.
    """

    class Connection(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError), socket.create_connection(target) as upstream:
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
            yield
        finally:
            server.shutdown()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    # Either side can close the connection at any time; the shutdown passes the end of the stream on.
    with contextlib.suppress(OSError):
        while data := source.recv(_BUFFER_BYTES):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
