"""Tries that ended without an end: killed, or without their lease."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from catalog.catalog import Catalog
from catalog.index.vocabulary import MonthTotals
from processor.invocation import Invocation
from tests.unit.processor.support import BOTH_KEYS, THROTTLED, make_file
from tests.unit.support import NOW, OUTPUT_BUCKET, UPLOAD_KEY, this_month


@BOTH_KEYS
def test_an_image_that_ended_two_tries_is_not_tried_again(
    make_processor, put, rekognition, read_document, catalog: Catalog, monkeypatch, key: str
) -> None:
    event = put(make_file("JPEG"), key)
    processor = make_processor()

    class Killed(BaseException):
        pass

    def end(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(processor._pipeline, "run", end)
        patch.setattr(catalog, "release_lease", lambda _: None)  # nothing runs anymore
        for number in range(2):
            with pytest.raises(Killed):
                processor.process(event, Invocation(f"request-{number}", lambda: 60.0))
            after = NOW + timedelta(minutes=1 + number)
            monkeypatch.setattr(catalog._table, "_clock", lambda time=after: time)
    outcome = processor.process(event, Invocation("request-3", lambda: 60.0))
    assert (outcome.status, outcome.reason.code) == ("failed", "unavailable")
    assert read_document(key)["Failure"]["Code"] == "unavailable"
    assert rekognition.requests == []
    assert (
        processor.process(event, Invocation("request-4", lambda: 60.0)).status == "done"
    )  # a person's retry


@pytest.mark.parametrize("is_throttled", [False, True])
def test_a_try_that_lost_its_lease_changes_nothing(
    processor, invocation, put, rekognition, catalog: Catalog, monkeypatch, object_keys, is_throttled: bool
) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)
    keep = processor._lease_keeper.keep

    @contextmanager
    def lose(lease: Any) -> Iterator[Any]:
        with keep(lease) as held:
            held.is_lost = True
            yield held

    monkeypatch.setattr(processor._lease_keeper, "keep", lose)
    rekognition.queue_errors("DetectLabels", *[THROTTLED] * is_throttled)
    assert processor.process(event, invocation).status == "skipped"
    assert this_month(catalog) == MonthTotals(images=0, billed_calls=int(not is_throttled))
    assert {f"{UPLOAD_KEY}.json", f"{UPLOAD_KEY}.answers"}.isdisjoint(object_keys(OUTPUT_BUCKET))
