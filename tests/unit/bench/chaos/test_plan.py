"""The choices of a run."""

from __future__ import annotations

from collections import Counter

import pytest

from bench.chaos.plan import MAX_DELAY, OWNERS, Upload, plan_uploads

SUBS = {name: f"{name}-id" for name in OWNERS}


def test_the_seed_decides_everything() -> None:
    assert plan_uploads(300, 5) == plan_uploads(300, 5) != plan_uploads(300, 6)


def test_a_plan_has_every_kind_owner_and_action() -> None:
    uploads = plan_uploads(2000, 1)
    kinds = Counter(upload.kind for upload in uploads)
    assert kinds.keys() == {"jpeg", "png", "webp", "text", "truncated", "direct", "direct empty"}
    assert min(kinds.values()) > 20
    assert {upload.owner for upload in uploads} == {*OWNERS, ""}
    deleted = [upload.delete_after for upload in uploads if upload.delete_after is not None]
    repeated = [upload.repeat_after for upload in uploads if upload.repeat_after is not None]
    assert 80 < len(deleted) < 150
    assert 50 < len(repeated) < 110
    assert 0 <= min(deleted + repeated) <= max(deleted + repeated) < MAX_DELAY
    assert not [upload for upload in uploads if upload.delete_after and upload.repeat_after]


def test_a_shared_picture_has_two_owners_and_two_keys() -> None:
    uploads = plan_uploads(2000, 1)
    keys = Counter(upload.key(SUBS) for upload in uploads)
    assert max(keys.values()) == 1
    shared = [number for number, count in Counter(upload.number for upload in uploads).items() if count == 2]
    assert len(shared) > 40
    assert len(uploads) == 2000 + len(shared)


@pytest.mark.parametrize(
    ("kind", "start", "content_type", "is_direct"),
    [
        ("jpeg", b"\xff\xd8", "image/jpeg", False),
        ("png", b"\x89PNG", "image/png", False),
        ("webp", b"RIFF", "image/webp", False),
        ("truncated", b"\xff\xd8", "image/jpeg", False),
        ("text", b"This is file 7", "image/jpeg", False),
        ("direct", b"\xff\xd8", "image/jpeg", True),
    ],
)
def test_an_uploads_file(kind: str, start: bytes, content_type: str, is_direct: bool) -> None:
    upload = Upload(7, kind, "alice", "done")
    assert upload.content().startswith(start)
    assert (upload.content_type, upload.is_direct) == (content_type, is_direct)


def test_keys() -> None:
    assert Upload(7, "direct empty", "", "empty").key(SUBS) == "direct/00007.jpg"
    assert Upload(7, "direct empty", "", "empty").content() == b""
    key = Upload(7, "text", "bob", "not-an-image").key(SUBS)
    assert key.startswith("uploads/bob-id/")
    assert len(key.rpartition("/")[2]) == 64
