"""An imitation of AWS for each test, and one copy of the project, whose build cache serves all tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.imitation.imitation import Imitation
from tests.deploy.workspace import Workspace, copy_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAKE_SECONDS = 600  # for a test that deploys several times, on a busy machine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "workspace" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(MAKE_SECONDS))


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("deploy"))


@pytest.fixture
def aws() -> Iterator[Imitation]:
    with Imitation() as imitation:
        yield imitation
        assert imitation.errors == []


@pytest.fixture
def workspace(aws: Imitation, project: Path) -> Iterator[Workspace]:
    workspace = Workspace(project, aws)
    yield workspace
    workspace.restore()
