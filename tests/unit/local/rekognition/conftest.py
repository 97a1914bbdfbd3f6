"""The emulator and a client of it, over objects in memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from local.rekognition import Options, Rekognition
from tests.unit.local.rekognition.support import Store, client_of

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLES = Path(__file__).parents[4] / "samples"


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def make(store: Store) -> Callable[..., Rekognition]:
    return lambda options=Options(), **more: Rekognition(store.read, options, **more)  # noqa: B008


@pytest.fixture
def rekognition(make: Callable[..., Rekognition]) -> Rekognition:
    return make()


@pytest.fixture
def client(rekognition: Rekognition) -> Any:
    return client_of(rekognition)


@pytest.fixture(scope="session")
def astronaut() -> bytes:
    return (SAMPLES / "astronaut.jpg").read_bytes()


@pytest.fixture(scope="session")
def cat() -> bytes:
    return (SAMPLES / "chelsea.jpg").read_bytes()


@pytest.fixture
def labels(tmp_path: Path) -> Callable[..., Path]:
    return lambda *names: labelled(tmp_path / "labels.txt", *(names or ("Red", "Green", "Blue")))


def labelled(path: Path, *names: str) -> Path:
    path.write_text("\n".join(names) + "\n", encoding="utf-8")
    return path
