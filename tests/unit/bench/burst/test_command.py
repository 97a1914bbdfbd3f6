"""`make burst` with options that it can't simulate."""

from __future__ import annotations

import pytest

from bench.burst.__main__ import main


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["0"], "argument pictures: must be a whole number of 1 or more, not 0"),
        (["-5"], "argument pictures: must be a whole number of 1 or more, not -5"),
        (["--rates", "0"], "argument --rates: must be a number of 1 or more, not 0"),
        (["--rates", "-1"], "argument --rates: must be a number of 1 or more, not -1"),
        (["--detectors", "0"], "argument --detectors: must be a whole number from 1 to 8, not 0"),
        (["--concurrencies", "4"], "argument --concurrencies: must be a whole number of 5 or more, not 4"),
        (["--newcomer", "--all"], "--newcomer can't be combined with --all or --seed"),
        (["--newcomer", "--seed", "2"], "--newcomer can't be combined with --all or --seed"),
    ],
)
def test_explains_options_that_it_cannot_simulate(
    capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert capsys.readouterr().err.endswith(f"make burst: error: {reason}\n")


@pytest.mark.parametrize(
    ("arguments", "first_columns"),
    [
        ([], ["1", "1", "8", "5"]),
        (["--newcomer"], ["1", "1", "8", "5"]),
    ],
)
def test_simulates_the_smallest_burst(
    capsys: pytest.CaptureFixture[str], arguments: list[str], first_columns: list[str]
) -> None:
    smallest = ["1", "--rates", "1", "--detectors", "8", "--concurrencies", "5"]
    assert main([*smallest, *arguments]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[:4] == first_columns
