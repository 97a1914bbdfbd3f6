"""`make chaos` with options that it can't run with."""

from __future__ import annotations

import pytest

from bench.chaos.__main__ import main


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--images", "-4"], "argument --images: must be a whole number from 1 to 65536, not -4"),
        (["--images", "0"], "argument --images: must be a whole number from 1 to 65536, not 0"),
        (["--images", "65537"], "argument --images: must be a whole number from 1 to 65536, not 65537"),
        (["--images", "many"], "argument --images: must be a whole number from 1 to 65536, not many"),
        (["--seed", "x"], "argument --seed: must be a whole number of 0 or more, not x"),
        (["--concurrency", "0"], "argument --concurrency: must be a whole number of 1 or more, not 0"),
    ],
)
def test_explains_options_that_it_cannot_run_with(
    capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert capsys.readouterr().err.endswith(f"make chaos: error: {reason}\n")
