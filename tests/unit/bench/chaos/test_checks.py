"""Each violation is found, and a run without one passes."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from bench.chaos.checks import find_violations
from bench.chaos.pictures import label_names
from bench.chaos.plan import Upload
from bench.chaos.snapshot import Snapshot, event_keys
from common.object_keys import answers_key, converted_key, preview_key, result_key, thumbnail_key

if TYPE_CHECKING:
    from collections.abc import Callable

SUBS = {"alice": "a", "bob": "b"}
PHOTO = Upload(1, "jpeg", "alice", "done")
TEXT = Upload(2, "text", "bob", "not-an-image")
DELETED = Upload(3, "jpeg", "bob", "done", delete_after=1.0)
DIRECT = Upload(4, "direct", "", "done")
WEBP = Upload(5, "webp", "alice", "done")
UPLOADS = (PHOTO, TEXT, DELETED, DIRECT, WEBP)
KEYS = {upload.number: upload.key(SUBS) for upload in UPLOADS}
KEPT = [answers_key(KEYS[1]), converted_key(KEYS[1])]
CALL = "DetectLabels"


def image_id(upload: Upload) -> str:
    return KEYS[upload.number].rpartition("/")[2]


def record(upload: Upload, **attributes: Any) -> dict[str, Any]:
    return {"owner": SUBS[upload.owner], "id": image_id(upload), **attributes}


@pytest.fixture
def snapshot() -> Snapshot:
    """What is left of UPLOADS after a run in which nothing went wrong."""
    labels = {("a", name.casefold()): set[str]() for number in (1, 5) for name in label_names(number)}
    for upload in (PHOTO, WEBP):
        for name in label_names(upload.number):
            labels["a", name.casefold()].add(image_id(upload))
    counts = {label: len(ids) for label, ids in labels.items()}
    outputs = {
        name(KEYS[number]) for number in (1, 4, 5) for name in (result_key, preview_key, thumbnail_key)
    }
    return Snapshot(
        records={
            KEYS[1]: record(PHOTO, status="done"),
            KEYS[2]: record(TEXT, status="failed", reason={"code": "not-an-image"}),
            KEYS[5]: record(WEBP, status="done"),
        },
        listed={"a": {image_id(PHOTO), image_id(WEBP)}, "b": {image_id(TEXT)}},
        api_labeled=deepcopy(labels),
        month_calls=Counter(a=2, b=1),
        inputs={KEYS[1], KEYS[2], KEYS[4], KEYS[5]},
        outputs={*outputs, result_key(KEYS[2])},
        documents={KEYS[4]: {"Labels": []}},
        queues={"RetryQueue": 0, "DeadLetterQueue": 0},
        api_counts={"a": {name.title(): count for (_, name), count in counts.items()}, "b": {}},
        api_listed={"a": {image_id(PHOTO), image_id(WEBP)}, "b": {image_id(TEXT)}},
        answered=Counter({(CALL, KEYS[1]): 1, (CALL, KEYS[3]): 1, (CALL, KEYS[4]): 1, (CALL, "bytes"): 1}),
        consumed={KEYS[1]: "done", KEYS[2]: "not-an-image", KEYS[5]: "done"},
    )


def violations(snapshot: Snapshot) -> list[str]:
    return find_violations(UPLOADS, SUBS, snapshot, min_labels=3)


def test_a_run_without_a_violation_passes(snapshot: Snapshot) -> None:
    assert violations(snapshot) == []


CHANGES: list[tuple[Callable[[Snapshot], Any], list[str]]] = [
    (lambda s: s.refused.append("jpeg 1: 400"), ["refused: jpeg 1: 400"]),
    (
        lambda s: s.records[KEYS[2]].update(status="pending"),
        [f"{KEYS[2]} (text): pending instead of not-an-image"],
    ),
    (
        lambda s: s.records[KEYS[2]].update(reason={"code": "unavailable"}),
        [
            f"{KEYS[2]} (text): unavailable instead of not-an-image",
            f"{KEYS[2]}: not-an-image by its events instead of unavailable",
        ],
    ),
    (lambda s: s.consumed.pop(KEYS[1]), [f"{KEYS[1]}: missing by its events instead of done"]),
    (
        lambda s: s.consumed.update({KEYS[3]: "done"}),
        [f"{KEYS[3]}: done by its events instead of missing"],
    ),
    (
        lambda s: s.records[KEYS[2]].update(deletingSince=1),
        [f"{KEYS[2]} (text): half deleted instead of not-an-image"],
    ),
    (lambda s: s.inputs.add(KEYS[3]), [f"{KEYS[3]}: deleted, but {KEYS[3]} is left"]),
    (
        lambda s: s.outputs.add(thumbnail_key(KEYS[3])),
        [f"{KEYS[3]}: deleted, but {thumbnail_key(KEYS[3])} is left"],
    ),
    (lambda s: s.documents.clear(), [f"{KEYS[4]} (direct): without a document instead of done"]),
    (
        lambda s: s.documents[KEYS[4]].update(Failure={"Code": "broken"}),
        [f"{KEYS[4]} (direct): broken instead of done"],
    ),
    (
        lambda s: s.outputs.remove(preview_key(KEYS[1])),
        [f"{KEYS[1]}: done, but {preview_key(KEYS[1])} is missing"],
    ),
    (lambda s: s.inputs.remove(KEYS[1]), [f"{KEYS[1]}: the object is missing"]),
    (lambda s: s.inputs.add("uploads/x"), ["uploads/x: object that shouldn't exist"]),
    (lambda s: s.listed["b"].clear(), [f"list of b: 1 missing, 0 too many: ['{image_id(TEXT)}']"]),
    (lambda s: s.api_listed["b"].add("x"), ["API's list of b: 0 missing, 1 too many: ['x']"]),
    (
        lambda s: s.api_labeled.update({("b", "thing 01"): {"x"}}),
        ["API's list of label ('b', 'thing 01'): 0 missing, 1 too many: ['x']"],
    ),
    (lambda s: s.api_counts["b"].update(X=2), ["API's count of ('b', 'x'): 2 instead of 0"]),
    (lambda s: s.queues.update(DeadLetterQueue=2), ["DeadLetterQueue: 2 messages left"]),
    (lambda s: s.leases.append("direct#1 lease"), ["lease left: direct#1 lease"]),
    (lambda s: s.records[KEYS[1]].update(leaseOwner="x"), [f"{KEYS[1]}: done, but has leaseOwner"]),
    (
        lambda s: s.outputs.update(KEPT),
        [f"{name}: object that shouldn't exist" for name in KEPT],
    ),
    (
        lambda s: s.answered.update({(CALL, KEYS[4]): 1}),
        [f"{KEYS[4]}: {CALL} was billed 2 times, and at most 1 are allowed"],
    ),
    (
        lambda s: s.answered.update({(CALL, "bytes"): 1}),
        [
            f"bytes: {CALL} was billed 2 times, and at most 1 are allowed",
            "the months' totals are 3 calls; 4 answers were received, and workers were lost 0 times",
        ],
    ),
    (
        lambda s: s.month_calls.update(a=1),
        ["the months' totals are 4 calls; 3 answers were received, and workers were lost 0 times"],
    ),
]


@pytest.mark.parametrize(("change", "expected"), CHANGES)
def test_finds_what_is_wrong(
    snapshot: Snapshot, change: Callable[[Snapshot], Any], expected: list[str]
) -> None:
    change(snapshot)
    assert violations(snapshot) == expected


def test_a_crash_and_a_lost_answer_may_each_be_billed_once_more(snapshot: Snapshot) -> None:
    snapshot.answered[CALL, KEYS[1]] += 2
    snapshot.lost[CALL, KEYS[1]] += 1
    snapshot.crashes[KEYS[1]] += 1
    assert violations(snapshot) == []


def test_a_killed_worker_may_leave_answers(snapshot: Snapshot) -> None:
    snapshot.outputs.update(KEPT)
    snapshot.killed.add(KEYS[1])
    assert violations(snapshot) == []


def test_a_direct_upload_without_an_event_stays_unknown(snapshot: Snapshot) -> None:
    snapshot.documents.clear()
    snapshot.outputs = {name for name in snapshot.outputs if not name.startswith("direct/")}
    snapshot.lost_events.add(KEYS[4])
    assert violations(snapshot) == []


def test_only_a_lost_event_may_have_to_be_asked_for_again(snapshot: Snapshot) -> None:
    snapshot.lost_events.add(KEYS[1])
    snapshot.asked_again |= {KEYS[1], KEYS[2]}
    assert violations(snapshot) == [
        f"{KEYS[2]} (text): was stuck until it was uploaded again, though its event wasn't lost"
    ]


def test_a_run_needs_enough_labels(snapshot: Snapshot) -> None:
    (text,) = find_violations(UPLOADS, SUBS, snapshot, min_labels=50)
    assert text.endswith("labels were found; the run is too small to check the counts")


def test_reads_the_keys_of_events_and_batches() -> None:
    event = {"Records": [{"s3": {"object": {"key": "a"}}}, {"s3": {"object": {"key": "b"}}}]}
    assert event_keys(event) == ["a", "b"]
    body = '{"requestPayload": {"Records": [{"s3": {"object": {"key": "c"}}}]}}'
    assert event_keys({"Records": [{"body": body}, {"body": "{}"}]}) == ["c"]
    assert event_keys("GET /images") == event_keys({"routeKey": "GET /images"}) == []
