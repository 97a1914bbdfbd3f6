"""The emulator, and a client for it, with S3 objects in memory."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.rekognition.service import Rekognition
from tests.unit.local.rekognition.support import MemoryStorage, client_of

ROOT = Path(__file__).parents[4]
SAMPLES = ROOT / "web" / "samples"


@pytest.fixture
def storage() -> MemoryStorage:
    return MemoryStorage()


@pytest.fixture
def make(storage: MemoryStorage) -> Callable[..., Rekognition]:
    return functools.partial(Rekognition, storage.read)


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


@pytest.fixture(scope="session")
def coffee() -> bytes:
    return (SAMPLES / "coffee.jpg").read_bytes()


@pytest.fixture(scope="session")
def man() -> bytes:
    """A man from the side, who holds a camera in front of his face."""
    return (ROOT / "bench" / "pictures" / "camera.jpg").read_bytes()


@pytest.fixture
def labels(tmp_path: Path) -> Callable[..., Path]:
    """Write a labels file with the given names."""

    def write(*names: str) -> Path:
        path = tmp_path / "labels.txt"
        path.write_text("\n".join(names or ("Red", "Green", "Blue")) + "\n", encoding="utf-8")
        return path

    return write
