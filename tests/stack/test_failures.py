"""Pictures that fail for good, in words, and a second try."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.client import Picture, Pipeline


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"these are notes, ", "not-an-image"),
        (b"%PDF-1.7 ", "unsupported-format"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01", "broken"),
    ],
)
def test_a_file_that_is_no_picture_is_a_recorded_rejection(
    pipeline: Pipeline, file_of: Callable[..., Picture], content: bytes, code: str
) -> None:
    picture = file_of(content)
    pipeline.upload(picture)
    answer = pipeline.finished(picture)
    reason = answer["image"]["reason"]
    assert (answer["image"]["status"], reason["code"]) == ("failed", code)
    assert reason["message"].endswith(".")
    assert answer["result"]["Failure"] == {"Code": code, "Message": reason["message"]}
    assert set(answer["links"]) == {"original", "result"}


def test_a_failed_picture_may_be_uploaded_anew(pipeline: Pipeline, file_of: Callable[..., Picture]) -> None:
    picture = file_of(b"these are notes, ")
    pipeline.upload(picture)
    pipeline.finished(picture)
    pipeline.upload(picture)
    assert pipeline.finished(picture)["image"]["reason"]["code"] == "not-an-image"


def test_an_object_deleted_before_it_was_processed_is_gone(
    pipeline: Pipeline,
    photograph: Callable[[], Picture],
    held: Callable[..., Any],
    process: Callable[..., Any],
) -> None:
    picture = photograph()
    event = held(lambda: pipeline.upload(picture))
    pipeline.s3.delete_object(Bucket=pipeline.input, Key=pipeline.key(picture))
    assert process(event)["status"] == "failed"
    assert pipeline.finished(picture)["image"]["reason"]["code"] == "gone"
