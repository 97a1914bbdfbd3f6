"""Cold starts are compared with the floors of the same rounds."""

from __future__ import annotations

from bench.start import FLOORS, Start, summarize
from bench.start.runtime import requirements
from tests.template.support import ALL_FUNCTIONS


def test_every_function_has_a_floor() -> None:
    assert sorted(FLOORS) == sorted(ALL_FUNCTIONS)


def test_a_ratio_is_that_of_one_round() -> None:
    floors = {floor: [0.2, 0.4] for floor in FLOORS.values()}
    starts = {"PresignFunction": [Start(0.1, 0.15, 39.4), Start(0.2, 0.2, 39.6)]}
    section = summarize(floors, starts)
    (figure,) = section.figures
    assert (figure.name, figure.goal) == ("presign", 0.75)
    assert figure.values == (0.15 / 0.2, 0.2 / 0.4)
    assert section.details == (
        "milliseconds   floor  import  answer  peak MB     256 MB     512 MB   1,024 MB   1,769 MB",
        "presign          300     150      25       40      1,209        605        302        175",
    )


def test_packages_come_with_what_they_require() -> None:
    found = set(requirements("boto3"))
    assert {"boto3", "botocore", "s3transfer", "urllib3", "six"} <= found
    assert "awscrt" not in found  # an extra, which Lambda's runtime doesn't have
