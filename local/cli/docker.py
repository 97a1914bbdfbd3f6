"""What SAM CLI needs to know of the Docker engine on this machine."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
from ipaddress import ip_network


class NoEngine(Exception):
    """No Docker engine answers; the message says what to do."""


def architecture() -> str:
    """Lambda's name for this machine's processor: an engine runs only its own kind without emulation."""
    return "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64"


def require_engine() -> None:
    if shutil.which("docker") is None:
        raise NoEngine(
            "sam local needs Docker, and there is no docker command here. Install it, then try again."
        )
    if _docker("info").returncode != 0:
        raise NoEngine(
            "sam local needs Docker, and its engine does not answer. Start it (dockerd, or Docker Desktop)."
        )


def has_base_image() -> bool:
    """Whether Lambda's base image is here already, so that no registry need be asked for it."""
    tag = f"public.ecr.aws/lambda/python:3.13-{architecture()}"
    return _docker("image", "inspect", tag).returncode == 0


def gateway() -> str | None:
    """This machine's address as containers see it, where that is an address of this machine's own (Linux);
    None with Docker Desktop, whose host.docker.internal reaches the loopback by itself."""
    if platform.system() != "Linux":
        return None
    answer = _docker("network", "inspect", "bridge", "--format", "{{json .IPAM.Config}}")
    if answer.returncode != 0:
        return None
    config = json.loads(answer.stdout)[0]
    # older engines leave the gateway out; it is the subnet's first address then
    first = next(ip_network(config["Subnet"]).hosts())
    return str(config.get("Gateway", first))


def _docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)  # noqa: S603, S607
