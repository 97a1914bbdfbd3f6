"""Memory that is given back to the system."""

from __future__ import annotations

import ctypes
from types import SimpleNamespace

import pytest

from local.rekognition.memory import return_large_blocks


def test_sets_the_threshold_of_glibc(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[int, int]] = []
    glibc = SimpleNamespace(mallopt=lambda parameter, value: calls.append((parameter, value)))
    monkeypatch.setattr(ctypes, "CDLL", lambda name: glibc)
    return_large_blocks()
    assert calls == [(-3, 1_048_576)]


def test_does_nothing_with_another_c_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: SimpleNamespace())
    return_large_blocks()
