"""What moto keeps in memory, and how many files it may open."""

from __future__ import annotations

import resource
from typing import Any

import pytest
from moto.s3.models import FakeKey

from local.aws import moto_apps


@pytest.mark.parametrize(("size", "is_file"), [(1 << 20, False), ((1 << 20) + 1, True)])
def test_large_objects_are_kept_in_files(size: int, is_file: bool) -> None:
    key: Any = FakeKey("photo.jpg", bytes(size), "123456789012", "us-east-1")
    assert key._value_buffer._rolled is is_file
    assert key.value == bytes(size)
    key.dispose()


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ((256, 4096), (4096, 4096)),
        ((256, 50_000), (10_000, 50_000)),
        ((256, resource.RLIM_INFINITY), (10_000, resource.RLIM_INFINITY)),
        ((20_000, 50_000), None),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), None),
    ],
)
def test_allows_more_open_files(
    monkeypatch: pytest.MonkeyPatch, limits: tuple[int, int], expected: tuple[int, int] | None
) -> None:
    changes: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits)
    monkeypatch.setattr(resource, "setrlimit", lambda _, changed: changes.append(changed))
    moto_apps._allow_open_files()
    assert changes == ([expected] if expected else [])
