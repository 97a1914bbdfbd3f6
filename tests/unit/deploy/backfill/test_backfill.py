"""make backfill: the pictures of the source bucket are recognized where they lie, and none twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.storage import ObjectForbidden, Storage
from deploy.backfill.command import backfill_images, reprocess_images
from deploy.backfill.options import Options
from deploy.backfill.services import Services
from deploy.backfill.source import Source
from deploy.errors import DeploymentError
from tests.backfill import ARCHIVE, PLACE, archive_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from common.storage import StoredObject
    from deploy.backfill.images import Survey
    from tests.backfill import BackfillStack
    from tests.unit.deploy.backfill.conftest import Clock

KEYS = tuple(f"2024/{number}.jpg" for number in range(10))


@pytest.fixture
def backfill(stack: BackfillStack, clock: Clock) -> Callable[..., int]:
    """Run the command for alice, without a question."""

    def backfill(source: str = f"s3://{ARCHIVE}", **options: str) -> int:
        given = Options("alice", source=source, confirm="no", **options)
        return backfill_images(stack.services, given, "alice", PLACE, "make backfill")

    return backfill


def test_recognizes_a_bucket_once(
    stack: BackfillStack, backfill: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    stack.archive(*KEYS, "notes.txt")
    assert backfill() == 0
    assert capsys.readouterr().out.splitlines() == [
        "This recognizes the pictures at s3://archive as those of alice in the stack:",
        "- to recognize: 10",
        "- not pictures, by their names: 1",
        "- calls: 10 (10 of DetectLabels)",
        "- Rekognition: about $0.01 at list prices",
        "- time: about 2 s at 4 images/s",
        "- results are kept for 90 days: see RetentionDays",
        "Recognized: 10",
        "Not pictures, by their names: 1",
        "Billed calls: 10",
        "Rekognition: about $0.01 at list prices",
        "Duration: 7 s",
    ]
    assert stack.engine.answered == {("DetectLabels", key): 1 for key in KEYS}
    assert {stack.status("alice", archive_id(key)) for key in KEYS} == {"done"}
    assert backfill() == 0
    assert "- already done: 10\n" in capsys.readouterr().out
    assert stack.engine.calls() == {"DetectLabels": 10}


def test_recognizes_what_was_replaced_or_added_since(
    stack: BackfillStack, backfill: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    stack.archive(*KEYS)
    assert backfill() == 0
    stack.s3.put_object(Bucket=ARCHIVE, Key=KEYS[0], Body=b"other bytes")
    stack.archive("2025/new.jpg")
    capsys.readouterr()
    assert backfill() == 0
    assert "Recognized: 2\nAlready done: 9\nBilled calls: 2\n" in capsys.readouterr().out
    assert stack.engine.answered["DetectLabels", KEYS[0]] == 2
    assert stack.engine.calls() == {"DetectLabels": 12}


def test_pauses_while_the_retry_queue_is_long(
    stack: BackfillStack, backfill: Callable[..., int], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.archive(*KEYS)
    lengths = iter([301, 302, 300])
    monkeypatch.setattr(Services, "queue_length", lambda _: next(lengths, 0))
    assert backfill() == 0
    assert clock.pauses == [5, 5, 0, 1, 1, 5]


def test_says_how_to_let_the_stack_read_the_bucket(
    stack: BackfillStack, backfill: Callable[..., int]
) -> None:
    with pytest.raises(DeploymentError) as caught:
        backfill("s3://another")
    assert str(caught.value) == (
        'The stack can\'t read the bucket another. To let it, set "SourceBucket=another" in '
        "parameter_overrides of samconfig.toml under [default.global.parameters], then run make deploy."
    )


@pytest.mark.parametrize(
    ("prefix", "sentence"),
    [("/2042/", "Nothing is at s3://archive/2042/."), ("/notes", "There is nothing to do.")],
)
def test_says_that_a_location_has_nothing(
    stack: BackfillStack,
    backfill: Callable[..., int],
    prefix: str,
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stack.archive("notes.txt")
    assert backfill(f"s3://{ARCHIVE}{prefix}") == 0
    assert capsys.readouterr().out.splitlines()[-1] == sentence


def test_its_pictures_can_be_reprocessed(
    stack: BackfillStack, backfill: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    stack.archive(*KEYS)
    assert backfill() == 0
    stack.deploy(DetectText="true")
    stack.s3.delete_object(Bucket=ARCHIVE, Key=KEYS[0])
    capsys.readouterr()
    options = Options(confirm="no")
    assert reprocess_images(stack.services, options, None, PLACE, "make reprocess") == 0
    printed = capsys.readouterr().out
    assert "Recognized: 9\nWithout an original that can be read: 1\nBilled calls: 9\n" in printed
    assert stack.engine.calls() == {"DetectLabels": 10, "DetectText": 9}
    assert {stack.status("alice", archive_id(key)) for key in KEYS} == {"done"}


@pytest.mark.parametrize("change", [{"SourceBucket": "another"}, {"SourcePrefix": "2025/"}])
def test_pictures_that_the_stack_reads_no_longer_are_not_reprocessed(
    stack: BackfillStack,
    backfill: Callable[..., int],
    change: dict[str, str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    stack.archive(*KEYS[:3])
    assert backfill() == 0
    (first, *_) = (stack.catalog.get("alice", archive_id(key)) for key in KEYS)
    assert first is not None
    stack.catalog.reopen(first)  # by a run that was interrupted
    stack.deploy(DetectText="true", **change)
    capsys.readouterr()
    options = Options(confirm="no")
    assert reprocess_images(stack.services, options, None, PLACE, "make reprocess") == 0
    assert "- to recognize: 0\n- without an original that can be read: 3\n" in capsys.readouterr().out
    assert stack.receive() == []


@pytest.mark.parametrize("is_started", [False, True])
def test_starts_no_more_pictures_than_the_estimate_has(
    stack: BackfillStack,
    backfill: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    is_started: bool,
) -> None:
    """If an earlier run has started all of them, nobody was asked: then none is started."""
    survey = Source.survey

    def add_later(self: Source, show: Callable[[int], None]) -> Survey:
        for selected in next(self.batches()).to_do if is_started else ():
            self.start(selected)
        found = survey(self, show)
        stack.archive("2023/new.jpg", "2025/new.jpg")
        return found

    stack.archive(*KEYS[:2])
    monkeypatch.setattr(Source, "survey", add_later)
    assert backfill() == 0
    captured = capsys.readouterr()
    assert stack.engine.answered.total() == 2
    assert "Recognized: 2\n" in captured.out
    command = "make backfill SOURCE=s3://archive OWNER=alice CONFIRM=no"
    assert captured.err == f"More pictures were added since the estimate. Recognize them with {command}\n"


def test_an_original_that_may_not_be_read_is_told_from_one_that_is_gone(
    stack: BackfillStack,
    backfill: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def forbid(storage: Storage, bucket: str, key: str) -> StoredObject:
        if key == KEYS[0]:
            raise ObjectForbidden(key)
        return head(storage, bucket, key)

    stack.archive(*KEYS[:3])
    assert backfill() == 0
    stack.deploy(DetectText="true")
    stack.s3.delete_object(Bucket=ARCHIVE, Key=KEYS[1])
    head = Storage.head
    monkeypatch.setattr(Storage, "head", forbid)
    capsys.readouterr()
    assert reprocess_images(stack.services, Options(confirm="no"), None, PLACE, "make reprocess") == 1
    assert (
        "Recognized: 1\nFailed (no permission to read the original): 1\n"
        "Without an original that can be read: 1\n"
    ) in capsys.readouterr().out
