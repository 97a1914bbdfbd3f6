"""What a picture uses is still what `make cost` computes with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.stack.client import Run


@pytest.mark.timeout(400)
def test_the_requests_and_units_of_a_picture_are_the_recorded_ones(run: Run) -> None:
    process = run("bench.usage", "--check", PYTHONPATH="src:client")
    output, errors = process.communicate(timeout=380)
    assert (output, errors, process.returncode) == ("", "", 0)
