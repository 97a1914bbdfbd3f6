"""What options that are numbers accept."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable

import pytest

from local.cli.arguments import number_from, whole_number


def test_reads_numbers_within_the_bounds() -> None:
    assert [whole_number(1)("1"), whole_number(1)("1000000"), whole_number(1, 8)("8")] == [1, 1_000_000, 8]
    assert [number_from(1)("1"), number_from(1)("2.5")] == [1.0, 2.5]


@pytest.mark.parametrize(
    ("read", "text", "reason"),
    [
        (whole_number(1), "0", "must be a whole number of 1 or more, not 0"),
        (whole_number(1), "-5", "must be a whole number of 1 or more, not -5"),
        (whole_number(1), "2.5", "must be a whole number of 1 or more, not 2.5"),
        (whole_number(1, 8), "9", "must be a whole number from 1 to 8, not 9"),
        (number_from(1), "0.5", "must be a number of 1 or more, not 0.5"),
        (number_from(1), "-1", "must be a number of 1 or more, not -1"),
        (number_from(1), "inf", "must be a number of 1 or more, not inf"),
        (number_from(1), "nan", "must be a number of 1 or more, not nan"),
        (number_from(1), "fast", "must be a number of 1 or more, not fast"),
    ],
)
def test_says_which_number_would_be_right(read: Callable[[str], float], text: str, reason: str) -> None:
    with pytest.raises(ArgumentTypeError) as error:
        read(text)
    assert str(error.value) == reason
