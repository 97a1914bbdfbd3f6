"""make reprocess: only what is missing or outdated is asked, and nothing twice."""

from __future__ import annotations

import io
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from catalog.contention import TableBusy
from catalog.records import Reason
from catalog.transitions.finish import FailureSummary
from common.storage import ObjectForbidden
from deploy.backfill.command import reprocess_images
from deploy.backfill.follow import PATIENCE, Followed
from deploy.backfill.options import Options
from deploy.backfill.reprocess import Reprocess, list_owners
from deploy.errors import DeploymentError
from tests.backfill import PLACE
from tests.unit.support import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from deploy.backfill.images import Selected
    from tests.backfill import BackfillStack
    from tests.unit.deploy.backfill.conftest import Clock

IDS = [f"{number:064x}" for number in range(12)]
COMMAND = "make reprocess"
TITLE = "This recognizes outdated pictures of all owners again in the stack"


@pytest.fixture
def reprocess(stack: BackfillStack, clock: Clock) -> Callable[..., int]:
    """Run the command, without a question unless it is asked for."""

    def reprocess(owner: str | None = None, confirm: str = "no", **options: str) -> int:
        given = Options(owner=owner or "", confirm=confirm, **options)
        return reprocess_images(stack.services, given, owner, PLACE, COMMAND)

    return reprocess


@pytest.fixture
def pictures(stack: BackfillStack) -> BackfillStack:
    """Ten pictures of alice and two of bob, recognized with labels only."""
    for number, image_id in enumerate(IDS):
        stack.upload("alice" if number < 10 else "bob", image_id)
    stack.process()
    stack.engine.answered.clear()
    return stack


def versions(stack: BackfillStack, image_id: str) -> dict[str, str]:
    record = stack.catalog.get("alice", image_id)
    assert record is not None
    result = stack.services.read_result(record)
    assert result is not None
    return dict(result.model_versions)


def test_asks_a_new_detector_about_everyones_pictures(
    pictures: BackfillStack, reprocess: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    pictures.deploy(DetectText="true")
    capsys.readouterr()
    assert reprocess() == 0
    assert pictures.engine.calls() == {"DetectText": 12}
    assert all(count == 1 for count in pictures.engine.answered.values())
    assert capsys.readouterr().out.splitlines() == [
        f"{TITLE}:",
        "- to recognize: 12",
        "- calls: 12 (12 of DetectText)",
        "- Rekognition: about $0.01 at list prices",
        "- time: about 3 s at 4 images/s",
        "Recognized: 12",
        "Billed calls: 12",
        "Rekognition: about $0.01 at list prices",
        "Duration: 8 s",
    ]
    assert reprocess() == 0
    assert pictures.engine.calls() == {"DetectText": 12}
    assert capsys.readouterr().out.splitlines() == [
        f"{TITLE}:",
        "- to recognize: 0",
        "- already done: 12",
        "- calls: 0",
        "- Rekognition: about $0.00 at list prices",
        "- time: about 0 s at 4 images/s",
        "There is nothing to do.",
    ]


def test_takes_the_pictures_of_an_owner_and_a_search(
    pictures: BackfillStack, reprocess: Callable[..., int]
) -> None:
    pictures.deploy(DetectText="true")
    assert reprocess("alice", search="dog") == 0
    assert pictures.engine.calls() == {}
    assert reprocess("bob", search="cat") == 0
    assert pictures.engine.calls() == {"DetectText": 2}


def test_asks_again_what_an_older_model_has_answered(
    pictures: BackfillStack, reprocess: Callable[..., int]
) -> None:
    pictures.engine.version = "10.0"  # as a number newer than 3.0, though not as a text
    pictures.upload("alice", "f" * 64)
    pictures.process()
    pictures.engine.answered.clear()
    assert reprocess("bob") == 0  # whose results are all of the same version
    assert pictures.engine.calls() == {}
    assert reprocess("alice") == 0
    assert pictures.engine.calls() == {"DetectLabels": 10}
    assert versions(pictures, IDS[0]) == {"labels": "10.0"}
    assert reprocess("alice") == 0
    assert pictures.engine.calls() == {"DetectLabels": 10}


def test_counts_images_whose_original_is_gone(
    pictures: BackfillStack, reprocess: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    pictures.deploy(DetectText="true")
    pictures.s3.delete_object(Bucket="input", Key=f"uploads/bob/{IDS[10]}")
    before = pictures.catalog.get("bob", IDS[10])
    assert reprocess("bob") == 0
    assert pictures.catalog.get("bob", IDS[10]) == before
    printed = capsys.readouterr().out
    assert "Recognized: 1\nWithout an original that can be read: 1\nBilled calls: 1\n" in printed


def test_goes_on_where_a_run_was_interrupted(
    pictures: BackfillStack, reprocess: Callable[..., int], clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures.deploy(DetectText="true")
    done = pictures.catalog.get("alice", IDS[0])
    assert done is not None
    pictures.catalog.reopen(done)  # and its event was never sent

    def interrupt() -> None:
        if len(clock.pauses) == 2:
            raise KeyboardInterrupt

    clock.on_sleep = interrupt
    with pytest.raises(KeyboardInterrupt):
        reprocess()
    captured = capsys.readouterr()
    assert "Not finished yet: 4\n" in captured.out
    assert "Billed calls: 0\nUp to 4 more calls for those not finished\n" in captured.out
    assert captured.err.endswith(
        "What was started is recognized. Nothing is done twice if you go on with make reprocess CONFIRM=no\n"
    )
    clock.on_sleep = pictures.process
    assert reprocess() == 0
    assert pictures.engine.calls() == {"DetectText": 12}
    assert Counter(pictures.status("alice", image_id) for image_id in IDS[:10]) == {"done": 10}
    assert "- to recognize: 8\n- already started: 4\n" in capsys.readouterr().out


def test_what_was_just_being_started_is_not_finished_either(
    pictures: BackfillStack,
    reprocess: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    pictures.deploy(DetectText="true")
    monkeypatch.setattr(type(pictures.services.recoverer), "mark", interrupt)
    with pytest.raises(KeyboardInterrupt):
        reprocess()
    printed = capsys.readouterr().out
    assert "Not finished yet: 4\nBilled calls: 0\nUp to 4 more calls for those not finished\n" in printed


def test_the_ceiling_on_the_bill_ends_a_run(
    pictures: BackfillStack, reprocess: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    pictures.deploy(DetectText="true", MonthlyBillingCeiling="0.016")  # 12 calls were made before
    assert reprocess(share="0.2") == 1
    captured = capsys.readouterr()
    assert 4 <= pictures.engine.calls()["DetectText"] < 12  # it is looked at every five seconds
    assert "- the run ends when the month has cost $0.016: see MonthlyBillingCeiling\n" in captured.out
    assert "The cost of recognition has reached its limit for this month." in captured.err
    assert captured.err.endswith("Then go on with make reprocess SHARE=0.2 CONFIRM=no\n")


def test_nothing_is_done_without_consent(
    pictures: BackfillStack, reprocess: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    pictures.deploy(DetectText="true")
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    assert reprocess(confirm="") == 1
    assert capsys.readouterr().err == "Nothing was recognized.\n"
    assert pictures.engine.calls() == {}


def test_images_that_failed_or_are_uploaded_just_now_are_told_apart(
    stack: BackfillStack, reprocess: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    stack.s3.put_object(Bucket="input", Key=f"uploads/alice/{IDS[0]}", Body=b"")
    stack.upload("alice", IDS[0])
    stack.s3.put_object(Bucket="input", Key=f"uploads/alice/{IDS[0]}", Body=b"")
    stack.process()
    stack.upload("alice", IDS[1])
    assert reprocess("alice") == 0
    printed = capsys.readouterr().out
    assert "- rejected before: 1\n- uploaded just now, and not recognized yet: 1\n" in printed


def test_lists_the_owners_who_have_results(pictures: BackfillStack) -> None:
    assert list(list_owners(pictures.services)) == ["alice", "bob"]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            TableBusy("catalog"),
            "The catalog's table is busy. Go on later with make reprocess CONFIRM=no",
        ),
        (
            ObjectForbidden("s3://output/a.json"),
            "You don't have the permission to read s3://output/a.json.",
        ),
    ],
)
def test_errors_of_the_adapters_are_sentences(
    reprocess: Callable[..., int], monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(Reprocess, "survey", fail)
    with pytest.raises(DeploymentError) as caught:
        reprocess()
    assert str(caught.value) == sentence


def test_few_images_are_remembered_at_once(
    pictures: BackfillStack, reprocess: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.backfill.run.MAX_FOLLOWED", 4)
    pictures.deploy(DetectText="true")
    followed: list[int] = []
    add = Followed.add

    def count(self: Followed, selected: Selected) -> None:
        add(self, selected)
        followed.append(len(self))

    monkeypatch.setattr(Followed, "add", count)
    assert reprocess() == 0
    assert (len(followed), max(followed)) == (12, 4)


def test_does_not_wait_for_an_image_whose_event_is_lost(
    pictures: BackfillStack, reprocess: Callable[..., int], clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures.deploy(DetectText="true")
    clock.on_sleep = pictures.receive  # and nothing is processed
    assert reprocess("bob") == 1
    assert "Recognized: 0\nNot finished yet: 2\nBilled calls: 0\n" in capsys.readouterr().out
    assert PATIENCE <= clock.now < PATIENCE + 10


def test_does_not_wait_for_an_image_that_is_neither_processed_nor_queued(
    pictures: BackfillStack, reprocess: Callable[..., int], clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    def lose() -> None:
        pictures.receive()
        for image_id in IDS[10:]:
            pictures.catalog.mark_queued("bob", image_id, 0)

    pictures.deploy(DetectText="true")
    clock.on_sleep = lose
    assert reprocess("bob") == 1
    assert "Recognized: 0\nNot finished yet: 2\nBilled calls: 0\n" in capsys.readouterr().out
    assert clock.now < 60


def test_counts_what_was_billed_for_images_that_keep_their_result(
    pictures: BackfillStack, reprocess: Callable[..., int], clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        pictures.receive()
        for image_id in IDS[10:]:
            if pictures.catalog.fail("bob", image_id, FailureSummary(Reason("broken", "It is."), NOW, 1)):
                pictures.catalog.count_calls("bob", image_id, 1)

    pictures.deploy(DetectText="true")
    clock.on_sleep = fail
    assert reprocess("bob") == 1
    assert capsys.readouterr().out.splitlines()[-5:-1] == [
        "Recognized: 0",
        "Failed (kept their earlier result): 2",
        "Billed calls: 2",
        "Rekognition: about $0.00 at list prices",
    ]
