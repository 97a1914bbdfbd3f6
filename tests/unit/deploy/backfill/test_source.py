"""The objects of the source bucket: which are recognized, and what the catalog says about them."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from catalog.records import Reason, ResultSummary
from catalog.transitions.finish import Completion, FailureSummary
from common.time import now
from deploy.backfill.images import ALREADY_DONE, REJECTED_BEFORE
from deploy.backfill.place import Deployed, Local
from deploy.backfill.source import (
    ARCHIVED,
    EMPTY,
    FOLDERS,
    NOT_PICTURES,
    TOO_LARGE,
    Location,
    Source,
    parse_location,
    require_readable,
)
from deploy.environments import Environment
from deploy.errors import DeploymentError
from local.template.parameters import parse_overrides
from tests.backfill import ARCHIVE, PLACE, BackfillStack, archive_id
from tests.unit.support import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deploy.backfill.place import Place

LABELS = ("DetectLabels", ("image",))
KEYS = ("2024/a.JPG", "2024/b.jpeg", "2025/c.png")


@pytest.fixture
def source(stack: BackfillStack) -> Iterator[Source]:
    """The pictures below `2024/`, as alice's."""
    with ThreadPoolExecutor(4) as pool:
        yield Source(stack.services, Location(ARCHIVE, "2024/"), "alice", pool)


def recognize_all(stack: BackfillStack, source: Source) -> None:
    for batch in source.batches():
        assert [source.start(selected) for selected in batch.to_do] == [None] * len(batch.to_do)
    stack.process()


def reject_all(stack: BackfillStack, source: Source) -> None:
    failure = FailureSummary(Reason("broken", "It is broken."), now(), int(now().timestamp()) + 1000)
    for batch in source.batches():
        for selected in batch.to_do:
            assert source.start(selected) is None
            stack.catalog.fail("alice", selected.record.id, failure)
    stack.receive()


def test_leaves_out_what_cannot_be_a_picture(stack: BackfillStack, source: Source) -> None:
    stack.archive(*KEYS, "2024/notes.txt", "2024/jpg")
    for key, body in (("2024/", b""), ("2024/empty.jpg", b""), ("2024/large.tif", bytes(2**20 + 1))):
        stack.s3.put_object(Bucket=ARCHIVE, Key=key, Body=body)
    stack.s3.put_object(Bucket=ARCHIVE, Key="2024/old.jpg", Body=b"x", StorageClass="DEEP_ARCHIVE")
    stack.deploy(MaxUploadMegabytes="1")
    seen: list[int] = []
    with ThreadPoolExecutor(4) as pool:
        survey = Source(stack.services, Location(ARCHIVE, "2024/"), "alice", pool).survey(seen.append)
    assert (survey.to_do, survey.started, seen) == (2, 0, [8])
    assert survey.others == {NOT_PICTURES: 2, FOLDERS: 1, EMPTY: 1, TOO_LARGE: 1, ARCHIVED: 1}
    assert survey.calls == {LABELS: 2}


def test_starts_a_picture_once(stack: BackfillStack, source: Source) -> None:
    stack.archive(*KEYS)
    (batch,) = source.batches()
    selected = batch.to_do[0]
    assert [source.start(selected) for _ in range(2)] == [None, None]
    (message,) = stack.receive()
    assert '"key": "2024/a.JPG"' in message["Body"]
    record = stack.catalog.get("alice", archive_id("2024/a.JPG"))
    assert record is not None
    assert (record.status, record.file_name, record.content_type) == ("pending", "a.JPG", "image/jpeg")
    (batch,) = source.batches()
    assert (len(batch.to_do), len(batch.started)) == (1, 1)


def test_a_picture_counts_as_added_when_it_is_started(stack: BackfillStack) -> None:
    stack.archive(*KEYS[:1])
    times = iter(NOW + timedelta(minutes=minute) for minute in range(10))
    with ThreadPoolExecutor(1) as pool:
        source = Source(stack.services, Location(ARCHIVE, ""), "alice", pool, lambda: next(times))
        (batch,) = source.batches()
        source.start(batch.to_do[0])
    record = stack.catalog.get("alice", archive_id(KEYS[0]))
    assert record is not None
    assert record.uploaded_at == batch.to_do[0].record.uploaded_at + timedelta(minutes=1)


def test_sends_the_event_of_a_picture_whose_record_alone_was_written(
    stack: BackfillStack, source: Source
) -> None:
    stack.archive(*KEYS[:1])
    (batch,) = source.batches()
    stack.catalog.start_source(batch.to_do[0].record)
    (batch,) = source.batches()
    assert [source.start(selected) for selected in batch.to_do] == [None]
    assert len(stack.receive()) == 1


def test_compares_the_objects_with_what_is_done(stack: BackfillStack, source: Source) -> None:
    codes = ("broken", "unavailable", "too-large", "archived")
    keys = [f"2024/{name}.jpg" for name in ("done", "replaced", *codes)]
    stack.archive(*keys)
    (batch,) = source.batches()
    for selected in batch.to_do:
        stack.catalog.start_source(selected.record)
    later = int(now().timestamp()) + 1000
    done = Completion(ResultSummary(100, 100, ()), 1, now(), later)
    for key in keys[:2]:
        stack.catalog.complete("alice", archive_id(key), done)
    for key, code in zip(keys[2:], codes, strict=True):
        failure = FailureSummary(Reason(code, "It is."), now(), later)
        stack.catalog.fail("alice", archive_id(key), failure)
    stack.s3.put_object(Bucket=ARCHIVE, Key=keys[1], Body=b"other bytes")
    (batch,) = source.batches()
    outdated = [keys[1], *keys[3:]]
    assert sorted(selected.record.id for selected in batch.to_do) == sorted(map(archive_id, outdated))
    assert [source.start(selected) for selected in batch.to_do] == [None] * 4
    assert batch.others == Counter({ALREADY_DONE: 1, REJECTED_BEFORE: 1})


@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize("is_broken", [False, True])
def test_a_version_that_ended_since_the_listing_stays(
    stack: BackfillStack, source: Source, is_known: bool, is_broken: bool
) -> None:
    (key, *_) = KEYS
    if is_known:
        stack.archive(key)
        recognize_all(stack, source)
    stack.s3.put_object(Bucket=ARCHIVE, Key=key, Body=b"listed")
    (listed,) = source.batches()
    stack.s3.put_object(Bucket=ARCHIVE, Key=key, Body=b"newer")
    if is_broken:
        reject_all(stack, source)
    else:
        recognize_all(stack, source)
    newer = stack.catalog.get("alice", archive_id(key))
    ended = REJECTED_BEFORE if is_broken else ALREADY_DONE
    assert [source.start(selected) for selected in listed.to_do] == [ended]
    assert stack.catalog.get("alice", archive_id(key)) == newer
    assert stack.receive() == []


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("s3://archive", Location("archive", "")),
        ("s3://archive/", Location("archive", "")),
        ("s3://my.archive/a/b c", Location("my.archive", "a/b c")),
    ],
)
def test_parses_the_location(url: str, location: Location) -> None:
    assert parse_location(url) == location


@pytest.mark.parametrize(
    ("bucket", "prefix", "owner", "sentence"),
    [
        (
            "",
            "",
            "",
            'The stack can\'t read the bucket photos. To let it, set "SourceBucket=photos", '
            '"SourcePrefix=2024/" in parameter_overrides of samconfig.toml under '
            "[default.global.parameters], then run make deploy.",
        ),
        (
            "archive",
            "2025/",
            "ada-1",
            'The stack can\'t read the bucket photos. To let it, set "SourceBucket=photos", '
            '"SourcePrefix=2024/", "SourceOwner=ada-1" in parameter_overrides of samconfig.toml under '
            "[default.global.parameters], then run make deploy.",
        ),
        (
            "photos",
            "2025/",
            "ada-1",
            "The stack reads photos below 2025/ only. To let it read more, set "
            '"SourceBucket=photos", "SourcePrefix=202", "SourceOwner=ada-1" in parameter_overrides of '
            "samconfig.toml under [default.global.parameters], then run make deploy.",
        ),
        (
            "photos",
            "raw/",
            "",
            "The stack reads photos below raw/ only. To let it read more, set "
            '"SourceBucket=photos", "SourcePrefix=" in parameter_overrides of samconfig.toml under '
            "[default.global.parameters], then run make deploy.",
        ),
    ],
)
def test_only_what_the_stack_may_read_is_a_source(
    stack: BackfillStack, bucket: str, prefix: str, owner: str, sentence: str
) -> None:
    stack.deploy(SourceBucket=bucket, SourcePrefix=prefix, SourceOwner=owner)
    with pytest.raises(DeploymentError) as caught:
        require_readable(Location("photos", "2024/"), stack.services, PLACE)
    assert str(caught.value) == sentence
    stack.deploy(SourceBucket="photos", SourcePrefix="2025/")
    require_readable(Location("photos", "2025/may/"), stack.services, PLACE)


@pytest.mark.parametrize(
    ("prefix", "values"),
    [
        ("2024/写真/", '"SourceBucket=photos", "SourcePrefix=2024/"'),
        ("a*b/", '"SourceBucket=photos", "SourcePrefix=a"'),
        ("写真/", '"SourceBucket=photos"'),
        ("a" * 600, f'"SourceBucket=photos", "SourcePrefix={"a" * 512}"'),
        ("my photos/", '"SourceBucket=photos", "SourcePrefix=\'my photos/\'"'),
        ("ada's/", '"SourceBucket=photos", "SourcePrefix=ada"'),
    ],
)
def test_proposes_values_that_the_template_accepts(stack: BackfillStack, prefix: str, values: str) -> None:
    with pytest.raises(DeploymentError) as caught:
        require_readable(Location("photos", prefix), stack.services, PLACE)
    given = parse_overrides(json.loads(f"[{values}]"), "samconfig.toml")
    beginning = given.pop("SourcePrefix", "")
    assert prefix.startswith(beginning)
    assert given == {"SourceBucket": "photos"}
    wider = (
        " SourcePrefix can't have the rest of the prefix, so the stack can then read everything below "
        f"s3://photos/{beginning}, and recognizes new objects there if SourceOwner is set."
    )
    assert str(caught.value) == (
        f"The stack can't read the bucket photos. To let it, set {values} in parameter_overrides of "
        "samconfig.toml under [default.global.parameters], then run make deploy."
        f"{'' if beginning == prefix else wider}"
    )


@pytest.mark.parametrize(
    ("place", "advice"),
    [
        (
            Deployed("the stack", Environment("prod", "pictures", {})),
            """set "SourceBucket=photos", "SourcePrefix='my photos/'" in parameter_overrides of """
            "samconfig.toml under [prod.global.parameters], then run make deploy ENV=prod.",
        ),
        (
            Local(),
            """stop the stack, then run make run SET="SourceBucket=photos SourcePrefix='my photos/'", with """
            "DATA and the other values of SET as before.",
        ),
    ],
)
def test_says_how_to_let_a_stack_read_more_where_it_runs(
    stack: BackfillStack, place: Place, advice: str
) -> None:
    with pytest.raises(DeploymentError) as caught:
        require_readable(Location("photos", "my photos/"), stack.services, place)
    assert str(caught.value) == f"The stack can't read the bucket photos. To let it, {advice}"


def test_a_bucket_with_dots_is_no_source(stack: BackfillStack) -> None:
    with pytest.raises(DeploymentError) as caught:
        require_readable(Location("my.archive", ""), stack.services, PLACE)
    assert str(caught.value) == (
        "The bucket my.archive can't be the source bucket, because its name has dots. "
        "Copy the pictures to another one."
    )


@pytest.mark.parametrize("bucket", ["input", "output"])
def test_a_bucket_of_the_stack_is_no_source(stack: BackfillStack, bucket: str) -> None:
    with pytest.raises(DeploymentError) as caught:
        require_readable(Location(bucket, ""), stack.services, PLACE)
    assert str(caught.value) == (
        f"The bucket {bucket} is one of the stack's own, so it can't be the source bucket. Name another."
    )
