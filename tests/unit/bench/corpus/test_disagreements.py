"""What counts as a disagreement between the processor and a reference."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from bench.corpus.bounded import Call
from bench.corpus.disagreements import MAX_MEGABYTES, Row
from bench.corpus.reduction import Reduction
from bench.corpus.references import PARTIAL, UNREADABLE, WHOLE, Rendering
from bench.corpus.verdict import Verdict

ROOT = Path(__file__).resolve().parents[4]
WHITE, GRAY = (Reduction.of(Image.new("RGB", (64, 32), color)) for color in ("white", (240, 250, 250)))
DONE = Verdict("done", format="PNG", width=64, height=32, reduction=WHITE)


def row(
    verdict: Verdict | None,
    status: str = "",
    reduction: Reduction | None = None,
    size: tuple[int, int] = (64, 32),
    *,
    failure: str = "",
    seconds: float = 1.0,
    megabytes: int = 100,
) -> Row:
    rendering = Rendering("Chromium", status, *size, reduction) if status else None
    return Row(Call(Path("file"), verdict, failure, seconds, megabytes), rendering)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (row(DONE), ""),
        (row(DONE, WHOLE, WHITE), ""),
        (row(DONE, PARTIAL, GRAY), ""),
        (row(DONE, UNREADABLE), "not read by the reference"),
        (row(DONE, WHOLE, WHITE, (32, 64)), "size: 32×64 in the reference"),
        (row(DONE, WHOLE, GRAY), "colors: mean 8.3, maximum 15"),
        (row(Verdict("broken"), WHOLE, WHITE), "read by the reference"),
        (row(Verdict("broken"), PARTIAL, WHITE), "read in part"),
        (row(Verdict("broken"), UNREADABLE), ""),
        (row(Verdict("not-an-image"), WHOLE, WHITE), "read by the reference"),
        (row(Verdict("unsupported-format"), WHOLE, WHITE), ""),
        (row(Verdict("too-many-pixels"), WHOLE, WHITE), ""),
    ],
)
def test_compares_with_the_reference(found: Row, expected: str) -> None:
    assert (found.disagreement, found.is_over_limit) == (expected, False)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (row(None, failure="crash: signal 11"), "crash: signal 11"),
        (row(None, failure="timeout"), "timeout"),
        (row(DONE, WHOLE, WHITE, seconds=31.0), "takes 31 s"),
        (row(DONE, megabytes=2100), "takes 2100 MB or more"),
        (row(Verdict("broken", cause="MemoryError: "), megabytes=90), "takes 90 MB or more"),
    ],
)
def test_reports_what_would_take_the_processor_down(found: Row, expected: str) -> None:
    assert (found.disagreement, found.is_over_limit) == (expected, True)


def test_a_failed_process_has_a_verdict_of_its_own() -> None:
    assert row(None, failure="crash: signal 11").verdict == Verdict("crash", "crash: signal 11")


def test_the_memory_is_that_of_the_template() -> None:
    sizes = re.findall(r"MemorySize: (\d+)", (ROOT / "template.yaml").read_text(encoding="utf-8"))
    assert max(int(size) for size in sizes) == MAX_MEGABYTES
