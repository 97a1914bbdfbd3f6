"""The steps of a picture's life make the requests that `make usage` counts on the local stack."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

from bench.catalog import life, owners
from bench.catalog.requests import Total
from deploy.cost.usage import MEASURED
from local.settings import use_local_credentials

# Those of the picture of `make usage` that aren't labels: they are counted terms, or found by.
OTHER_TERMS = 4
STEPS = {
    "uploaded": ("upload", "PresignFunction"),
    "asked for while pending": ("poll", "ImagesFunction"),
    "recognized": ("recognize", "ProcessorFunction"),
    "viewed": ("result", "ImagesFunction"),
}


@pytest.fixture(scope="module")
def steps() -> Iterator[dict[str, Total]]:
    with patch.dict(os.environ):
        use_local_credentials(os.environ)
        yield life.measure(life.Size(MEASURED["labelNames"], OTHER_TERMS))


@pytest.mark.parametrize("step", STEPS)
def test_a_step_takes_what_was_measured(steps: dict[str, Total], step: str) -> None:
    name, function = STEPS[step]
    counts: dict[str, Any] = MEASURED["steps"][name][function]
    measured = (counts["dynamodbRequests"], counts.get("writeUnits", 0), counts.get("readUnits", 0))
    assert (steps[step].requests, steps[step].write, steps[step].read) == measured


def test_a_deletion_takes_a_unit_for_each_term_and_ten_more(steps: dict[str, Total]) -> None:
    assert (steps["deleted"].requests, steps["deleted"].write) == (7, 30 + OTHER_TERMS + 10)


def test_a_picture_takes_the_same_with_many_owners(monkeypatch: pytest.MonkeyPatch) -> None:
    with patch.dict(os.environ):
        use_local_credentials(os.environ)
        (one, _), (three, shared) = owners.measure(1), owners.measure(3)
    assert three == Total(3 * one.requests, 3 * one.write, 3 * one.read)
    assert shared == {f"STACK/MONTH#{life.NOW:%Y-%m}"}
