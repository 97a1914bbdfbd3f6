"""The devcontainer forwards the local stack's ports and has the functions' runtime."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from local.settings import DEFAULT_PORTS
from tests.unit.support import load_template

FOLDER = Path(__file__).resolve().parents[3] / ".devcontainer"


@pytest.fixture(scope="module")
def configuration() -> dict[str, Any]:
    text = re.sub(r"^ *//.*$", "", (FOLDER / "devcontainer.json").read_text(), flags=re.MULTILINE)
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def test_forwards_the_ports_of_the_local_stack_to_the_same_ports(configuration: dict[str, Any]) -> None:
    assert configuration["forwardPorts"] == list(DEFAULT_PORTS.values())
    required = {
        port: attributes["requireLocalPort"] for port, attributes in configuration["portsAttributes"].items()
    }
    assert required == {str(port): True for port in DEFAULT_PORTS.values()}


def test_has_the_python_version_of_the_functions() -> None:
    runtime = load_template()["Globals"]["Function"]["Runtime"]
    (version,) = re.findall(
        r"^FROM \S+/python:3-([\d.]+)-bookworm$", (FOLDER / "Dockerfile").read_text(), re.MULTILINE
    )
    assert f"python{version}" == runtime


def test_every_feature_has_an_exact_version(configuration: dict[str, Any]) -> None:
    assert [name for name in configuration["features"] if not re.search(r":\d+\.\d+\.\d+$", name)] == []
