"""The choice of a container engine, with fake executables on the PATH, and the relay."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from werkzeug import Response

from local.cli.docker import Engine, EngineUnavailable, find_engine, relay
from local.http import send
from local.server import Server


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put an executable on the PATH, which has nothing else, that prints `output`."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def write(name: str, exit_code: int = 0, output: str = "") -> None:
        executable = tmp_path / name
        executable.write_text(f"#!/bin/sh\necho '{output}'\nexit {exit_code}\n")
        executable.chmod(0o755)

    return write


@pytest.mark.parametrize(
    ("exit_codes", "command"),
    [
        ({"docker": 0}, "docker"),
        ({"finch": 0}, "finch"),
        ({"docker": 0, "finch": 0}, "docker"),
        ({"docker": 1, "finch": 0}, "finch"),
    ],
)
def test_finds_the_first_engine_that_runs(
    install: Callable[..., None], exit_codes: dict[str, int], command: str
) -> None:
    for name, exit_code in exit_codes.items():
        install(name, exit_code)
    assert find_engine() == Engine(command)


@pytest.mark.parametrize(
    ("installed", "message"),
    [
        ([], "sam local needs Docker or Finch, and neither is installed. Install one of them and try again."),
        (
            ["finch"],
            "sam local needs a running container engine. Start Docker Desktop, dockerd or Finch, "
            "and make sure that finch info works.",
        ),
        (
            ["docker", "finch"],
            "sam local needs a running container engine. Start Docker Desktop, dockerd or Finch, "
            "and make sure that docker info or finch info works.",
        ),
    ],
)
def test_explains_that_no_engine_runs(
    install: Callable[..., None], installed: list[str], message: str
) -> None:
    for name in installed:
        install(name, exit_code=1)
    with pytest.raises(EngineUnavailable) as caught:
        find_engine()
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("system", "exit_code", "config", "address"),
    [
        ("Linux", 0, '[{"Subnet": "10.4.0.0/24", "Gateway": "10.4.0.9"}]', "10.4.0.9"),
        ("Linux", 0, '[{"Subnet": "172.17.0.0/16"}]', "172.17.0.1"),
        ("Linux", 1, "", None),
        ("Darwin", 0, '[{"Subnet": "172.17.0.0/16"}]', None),
    ],
)
def test_finds_this_machine_in_the_network_of_the_containers(
    install: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    system: str,
    exit_code: int,
    config: str,
    address: str | None,
) -> None:
    install("finch", exit_code, config)
    monkeypatch.setattr("local.cli.docker.platform.system", lambda: system)
    assert Engine("finch").gateway() == address


def test_relay_forwards_connections_and_survives_a_missing_target() -> None:
    target, port = Server("127.0.0.1", 0, "AWS_PORT"), free_port()
    target.serve(Response("hello"))
    with relay("127.0.0.1", port, ("127.0.0.1", target.port)):
        assert send("GET", f"http://127.0.0.1:{port}").text == "hello"
        target.stop()
        with socket.create_connection(("127.0.0.1", port)) as connection:
            assert connection.recv(1) == b""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
