"""The layer's decoders in Lambda's container image: every format has a result, other files a rejection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.image_files import encode, marked

FORMATS = ("JPEG", "PNG", "WebP", "HEIC", "AVIF", "GIF", "TIFF", "BMP", "MPO")
WITH_ORIENTATION = {"JPEG", "PNG", "WebP", "HEIC", "AVIF", "TIFF", "MPO"}
REJECTED = {
    "empty": b"",
    "not-an-image": b"these are notes",
    "unsupported-format": b"%PDF-1.7",
    "broken": encode(marked(), "PNG")[:200],
}


@pytest.mark.timeout(200)
def test_processes_every_format_and_rejects_other_files(process_objects: Callable[..., Any]) -> None:
    contents = {
        f"formats/{name}": encode(marked(), name, 6 if name in WITH_ORIENTATION else 1) for name in FORMATS
    }
    contents |= {f"formats/{code}": content for code, content in REJECTED.items()}
    outcomes = process_objects(contents)
    assert {outcome["key"]: outcome["reason"]["code"] for outcome in outcomes if "reason" in outcome} == {
        f"formats/{code}": code for code in REJECTED
    }
    assert {outcome["key"] for outcome in outcomes if outcome["status"] == "done"} == {
        f"formats/{name}" for name in FORMATS
    }
