"""`make bench`: which sections it measures, and when it fails."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from bench import __main__ as command
from bench.figures import Figure, Section

if TYPE_CHECKING:
    from collections.abc import Iterator

FAST = Section((Figure("seconds", (1.0,), limit=2),))
SLOW = Section((Figure("seconds", (3.0,), limit=2), Figure("calls", (1,), limit=1)))


@pytest.fixture(autouse=True)
def measured(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, bool]]]:
    """Replace the sections, and collect which are measured, and whether quickly."""
    calls: list[tuple[str, bool]] = []
    sections = {"fast": FAST, "slow": SLOW}

    def module(path: str) -> SimpleNamespace:
        name = path.removeprefix("bench.")

        def measure(*, quick: bool) -> Section:
            calls.append((name, quick))
            return sections[name]

        return SimpleNamespace(measure=measure)

    monkeypatch.setattr(command, "SECTIONS", {"fast": "What is fast", "slow": "What is slow"})
    monkeypatch.setattr(command, "import_module", module)
    yield calls


def test_measures_the_named_sections(
    measured: list[tuple[str, bool]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["fast", "--quick"]) == 0
    assert measured == [("fast", True)]
    assert capsys.readouterr().out == (
        "What is fast\nfigure   median (spread)  goal  limit\nseconds  1.00                   ≤ 2\n\n"
    )


def test_fails_when_a_figure_is_beyond_its_limit(
    measured: list[tuple[str, bool]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([]) == 1
    assert measured == [("fast", False), ("slow", False)]
    assert capsys.readouterr().err == "Beyond its limit: slow: seconds\n"


def test_names_the_sections_if_one_is_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.main(["slowest"])
    assert capsys.readouterr().err.endswith(
        "error: There is no section 'slowest'. Sections are fast, slow.\n"
    )
