"""What moto keeps in memory, and how many files it may open."""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import stat
import weakref

import pytest
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.s3.models import FakeKey
from moto.sqs.models import Message

from local.aws import moto_apps


def open_files() -> set[tuple[int, int]]:
    """Return the device and the inode of each regular file that this process has open."""
    found = set()
    for name in os.listdir("/dev/fd"):
        with contextlib.suppress(OSError):  # the listing's own descriptor is closed by now
            status = os.fstat(int(name))
            if stat.S_ISREG(status.st_mode):
                found.add((status.st_dev, status.st_ino))
    return found


@pytest.mark.parametrize(("size", "files"), [(1 << 20, 0), ((1 << 20) + 1, 1)])
def test_large_objects_are_kept_in_files(size: int, files: int) -> None:
    before = open_files()
    key = FakeKey("photo.jpg", bytes(size), "123456789012", "us-east-1")
    assert len(open_files() - before) == files
    assert key.value == bytes(size)
    key.dispose()
    assert open_files() <= before


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ((256, 4096), (4096, 4096)),
        ((256, 50_000), (10_000, 50_000)),
        ((256, resource.RLIM_INFINITY), (10_000, resource.RLIM_INFINITY)),
        ((20_000, 50_000), None),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), None),
    ],
)
def test_allows_more_open_files(
    monkeypatch: pytest.MonkeyPatch, limits: tuple[int, int], expected: tuple[int, int] | None
) -> None:
    changes: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits)
    monkeypatch.setattr(resource, "setrlimit", lambda _, changed: changes.append(changed))
    moto_apps._allow_open_files()
    assert changes == ([expected] if expected else [])


def test_items_and_messages_are_freed_when_they_are_replaced_or_deleted() -> None:
    moto_apps.Moto()
    created = [Item(DynamoType({"S": "a"}), None, {}), Message("1", "body")]
    references = [weakref.ref(each) for each in created]
    created.clear()
    gc.collect()
    assert [reference() for reference in references] == [None, None]
