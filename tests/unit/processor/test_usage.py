"""Each call that was answered is counted once for the stack's ceiling, whatever becomes of its image."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from catalog.catalog import Catalog
from catalog.contention import TableBusy
from catalog.usage import StackUsage
from processor.detectors import DETECTORS, Call
from processor.usage import UsageCounter
from tests.unit.processor.support import THROTTLED, make_file
from tests.unit.support import UPLOAD_KEY

if TYPE_CHECKING:
    from collections.abc import Callable

DETECTOR = {detector.name: detector for detector in DETECTORS}
LABELS = Call("DetectLabels", {}, (DETECTOR["labels"], DETECTOR["properties"]))
TEXT = Call("DetectText", {}, (DETECTOR["text"],))
CUSTOM = Call("DetectCustomLabels", {}, (DETECTOR["custom"],))


def usage(image: int, properties: int, calls: int) -> StackUsage:
    return StackUsage({"image": image, "properties": properties}, calls)


@pytest.fixture
def counter(catalog: Catalog) -> UsageCounter:
    return UsageCounter(catalog)


@pytest.fixture
def fail_next_counts(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let the next counts fail."""
    add, left = catalog.add_usage, 0

    def add_or_fail(added: StackUsage) -> None:
        nonlocal left
        if left > 0:
            left -= 1
            raise TableBusy("STACK")
        add(added)

    def fail_next_counts(number: int) -> None:
        nonlocal left
        left = number

    monkeypatch.setattr(catalog, "add_usage", add_or_fail)
    return fail_next_counts


def test_counts_the_analyses_of_each_price_group(counter, catalog) -> None:
    counter.count([LABELS, TEXT, CUSTOM])
    counter.count([TEXT])
    assert catalog.stack_usage() == usage(image=3, properties=1, calls=4)


def test_writes_nothing_without_an_answer(counter, table: Any) -> None:
    counter.count([])
    assert table.scan()["Items"] == []


def test_a_count_that_failed_is_added_to_the_next(
    counter, catalog, fail_next_counts, caplog: pytest.LogCaptureFixture
) -> None:
    fail_next_counts(2)
    with caplog.at_level(logging.WARNING):
        counter.count([LABELS])
        counter.count([CUSTOM])
    assert catalog.stack_usage() == usage(0, 0, 0)
    assert [(record.levelname, record.msg, vars(record)["calls"]) for record in caplog.records] == [
        ("WARNING", "calls not counted for the ceiling", 1),
        ("WARNING", "calls not counted for the ceiling", 2),
    ]
    counter.count([])
    assert catalog.stack_usage() == usage(1, 1, 2)
    counter.count([TEXT])
    assert catalog.stack_usage() == usage(2, 1, 3)


def test_threads_lose_no_count(counter, catalog, fail_next_counts) -> None:
    fail_next_counts(20)
    with ThreadPoolExecutor(8) as executor:
        list(executor.map(lambda _: counter.count([LABELS, TEXT]), range(40)))
    counter.count([])
    assert catalog.stack_usage() == usage(80, 40, 80)


def test_an_upload_and_a_direct_upload_are_counted(
    make_processor, invocation, put, rekognition, catalog
) -> None:
    processor = make_processor(detect_properties=True, detect_text=True)
    for key in (UPLOAD_KEY, "direct.jpg"):
        assert processor.process(put(make_file("JPEG"), key), invocation).status == "done"
    assert catalog.stack_usage() == usage(4, 2, 4)


def test_an_answer_beside_a_failure_is_counted_once(
    make_processor, invocation, put, rekognition, catalog
) -> None:
    processor = make_processor(detect_text=True)
    event = put(make_file("JPEG"), UPLOAD_KEY)
    rekognition.queue_errors("DetectText", THROTTLED)
    assert processor.process(event, invocation).status == "parked"
    assert catalog.stack_usage() == usage(1, 0, 1)
    retry = replace(invocation, lease_owner="request-2", is_retry=True)
    assert processor.process(event, retry).status == "done"
    assert catalog.stack_usage() == usage(2, 0, 2)


def test_a_try_that_fails_after_its_calls_is_counted(
    processor, invocation, put, rekognition, storage, catalog, monkeypatch
) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)

    def fail(*_: Any, **__: Any) -> None:
        raise ClientError({"Error": {"Code": "SlowDown", "Message": "Slow down."}}, "PutObject")

    monkeypatch.setattr(storage, "write", fail)
    with pytest.raises(ClientError):
        processor.process(event, invocation)
    assert catalog.stack_usage() == usage(1, 0, 1)


def test_a_call_that_rekognition_refuses_is_not_counted(
    make_processor, invocation, put, rekognition, catalog
) -> None:
    processor = make_processor(detect_text=True)
    rekognition.queue_errors("DetectText", "InvalidParameterException")
    assert processor.process(put(make_file("JPEG"), UPLOAD_KEY), invocation).status == "done"
    assert catalog.stack_usage() == usage(1, 0, 1)


def test_an_image_is_done_although_its_calls_cannot_be_counted(
    processor, invocation, put, rekognition, catalog, fail_next_counts
) -> None:
    fail_next_counts(1)
    assert processor.process(put(make_file("JPEG"), UPLOAD_KEY), invocation).status == "done"
    assert catalog.stack_usage() == usage(0, 0, 0)
    assert processor.process(put(make_file("JPEG")), invocation).status == "done"
    assert catalog.stack_usage() == usage(2, 0, 2)
