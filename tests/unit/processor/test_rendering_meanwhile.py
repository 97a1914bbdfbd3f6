"""The detectors are called as soon as an image is decoded; it is rendered while they answer."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from catalog.index.vocabulary import MonthTotals
from common.rejections import Rejection
from processor.imaging.imaging_process import ImagingError
from processor.imaging.prepare import prepare_image
from tests.unit.processor.support import make_file
from tests.unit.support import OUTPUT_BUCKET, UPLOAD_KEY, this_month

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog
    from processor.imaging.interface import ImageHeader, Limits, PreparedImage


class Preparation:
    """Prepares images, and acts after an image is decoded and before it is rendered."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act

    def __call__(
        self,
        data: bytes,
        limits: Limits,
        on_header: Callable[[ImageHeader], None],
        on_decoded: Callable[[bytes | None], None],
    ) -> PreparedImage:
        def decoded(body: bytes | None) -> None:
            on_decoded(body)
            self._act()

        return prepare_image(data, limits, on_header, decoded)


@pytest.fixture
def called(rekognition: Any, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Is set when a detector is called."""
    event, read = threading.Event(), rekognition._read

    def note(image: dict[str, Any]) -> Any:
        event.set()
        return read(image)

    monkeypatch.setattr(rekognition, "_read", note)
    return event


@pytest.mark.parametrize("format_name", ["JPEG", "HEIF"])
def test_the_detectors_answer_before_the_image_is_rendered(
    make_processor, invocation, put, called: threading.Event, object_keys, format_name: str
) -> None:
    waited = []
    processor = make_processor(prepare=Preparation(lambda: waited.append(called.wait(30))))
    assert processor.process(put(make_file(format_name), UPLOAD_KEY), invocation).status == "done"
    assert waited == [True]
    endings = ("json", "preview.webp", "thumb.webp")
    assert object_keys(OUTPUT_BUCKET) == [f"{UPLOAD_KEY}.{ending}" for ending in endings]


def test_an_image_that_cannot_be_rendered_is_rejected_and_its_calls_are_counted(
    make_processor, invocation, put, called: threading.Event, catalog: Catalog, get_record
) -> None:
    def fail() -> None:
        called.wait(30)
        raise Rejection.of("too-complex")

    processor = make_processor(prepare=Preparation(fail))
    event = put(make_file("JPEG"), UPLOAD_KEY)
    assert processor.process(event, invocation).reason.code == "too-complex"
    assert (get_record().status, get_record().reason.code) == ("failed", "too-complex")
    assert this_month(catalog) == MonthTotals(images=0, billed_calls=1)


def test_a_bug_while_rendering_costs_no_call_twice(
    make_processor, invocation, put, called: threading.Event, rekognition, catalog: Catalog
) -> None:
    def fail() -> None:
        called.wait(30)
        raise ImagingError("a bug")

    event = put(make_file("JPEG"), UPLOAD_KEY)
    with pytest.raises(ImagingError):
        make_processor(prepare=Preparation(fail)).process(event, invocation)
    assert make_processor().process(event, invocation).status == "done"
    assert rekognition.call_counts() == {"DetectLabels": 1}
    assert this_month(catalog) == MonthTotals(images=1, billed_calls=1)
