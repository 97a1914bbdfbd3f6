"""A source bucket: its pictures are recognized where they lie, follow what happens there, and stay there."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from common.object_keys import source_image_id
from local.cli.token import fetch_tokens
from local.http import send
from local.sign_in.user_pool import USERS
from tests.stack.client import Run, unique_jpeg, wait_until
from tests.stack.test_data import OUTPUT, KeptStack

SAMPLES = Path(__file__).parents[2] / "web/samples"
PHOTO = (SAMPLES / "astronaut.jpg").read_bytes()
OTHER_PHOTO = (SAMPLES / "coffee.jpg").read_bytes()
BUCKET, PREFIX, OWNER = "archive", "photos/", USERS["alice"].sub
SET = f"SourceBucket={BUCKET} SourcePrefix={PREFIX} SourceOwner={OWNER}"
KEYS = {
    "plain": "beach.jpg",
    "spaces": "my beach 1.jpg",
    "plus and percent": "a+b%2F%25.jpg",
    "quotes": "\"a\" 'b' <c> & {d}.jpg",
    "umlauts": "Räuber/Übergröße 🐈.jpg",
    "line break": "two\nlines.jpg",
    "slashes": "a//b.jpg",
    "long": f"{'ö' * 448}.jpg",
}
pytestmark = pytest.mark.timeout(300)


@dataclass
class Archive:
    """The source bucket of a running stack, and Alice's and Bob's views of its pictures."""

    stack: KeptStack
    alice: str = ""
    bob: str = ""

    def sign_in(self) -> None:
        """Fetch new tokens."""
        for name in ("alice", "bob"):
            tokens = fetch_tokens(self.stack.sign_in, self.stack.page, name)
            setattr(self, name, tokens["id_token"])

    def put(self, key: str, content: bytes) -> str:
        """Put an object, and return its image's id."""
        self.stack.client("s3").put_object(Bucket=BUCKET, Key=PREFIX + key, Body=content)
        return source_image_id(BUCKET, PREFIX + key)

    def read(self, key: str) -> bytes:
        body: bytes = self.stack.client("s3").get_object(Bucket=BUCKET, Key=PREFIX + key)["Body"].read()
        return body

    def delete(self, key: str) -> None:
        self.stack.client("s3").delete_object(Bucket=BUCKET, Key=PREFIX + key)

    def status(self, image_id: str, token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return send("GET", f"{self.stack.api}/images/{image_id}", headers=headers).status_code

    def wait_for(self, image_id: str, etag: str | None = None) -> Any:
        """Wait until an image is there and not pending, if need be about another version than `etag`."""

        def attempt() -> Any:
            if self.status(image_id, self.alice) == 404:
                return None
            body = self.stack.call("GET", f"/images/{image_id}", self.alice)
            is_old = etag is not None and body["result"] and body["result"]["Image"]["ETag"] == etag
            return None if body["image"]["status"] == "pending" or is_old else body

        return wait_until(attempt)


@contextmanager
def running(run: Run, folder: Path) -> Iterator[Archive]:
    """Start a stack with a source bucket."""
    archive = Archive(KeptStack(run, folder, SET=SET))
    archive.stack.start()
    archive.sign_in()
    yield archive
    archive.stack.end(signal.SIGINT)


@pytest.fixture
def archive(run: Run, tmp_path: Path) -> Iterator[Archive]:
    with running(run, tmp_path) as archive:
        yield archive


def new_photo() -> bytes:
    return unique_jpeg(PHOTO)


def test_what_is_put_into_the_bucket_is_recognized_there(archive: Archive) -> None:
    photos = {key: new_photo() for key in KEYS.values()}
    ids = {key: archive.put(key, photo) for key, photo in photos.items()}
    for key, photo in photos.items():
        body = archive.wait_for(ids[key])
        image, result = body["image"], body["result"]
        assert (image["status"], image["size"]) == ("done", len(photo)), body
        assert image["labels"], body
        assert (result["Image"]["Bucket"], result["Image"]["Key"]) == (BUCKET, PREFIX + key)
        assert send("GET", body["links"]["original"]).content == photo, key
        assert send("GET", body["links"]["preview"]).status_code == 200
        assert archive.status(ids[key], archive.bob) == 404
    assert archive.stack.image_ids(archive.alice) == set(ids.values())
    assert archive.stack.image_ids(archive.bob) == set()


def test_images_follow_what_happens_in_the_bucket(archive: Archive) -> None:
    image_id = archive.put("a.jpg", PHOTO)
    before = archive.wait_for(image_id)
    archive.put("a.jpg", OTHER_PHOTO)
    after = archive.wait_for(image_id, before["result"]["Image"]["ETag"])
    assert (after["image"]["status"], after["image"]["size"]) == ("done", len(OTHER_PHOTO))
    assert after["image"]["uploadedAt"] == before["image"]["uploadedAt"]
    assert send("GET", after["links"]["original"]).content == OTHER_PHOTO

    broken_id = archive.put("b.jpg", b"This is no picture.")
    assert archive.wait_for(broken_id)["image"]["reason"]["code"] == "not-an-image"
    archive.put("b.jpg", PHOTO)
    assert wait_until(lambda: archive.wait_for(broken_id)["image"]["status"] == "done" or None)

    calls = archive.stack.billed_calls()
    headers = {"Authorization": f"Bearer {archive.alice}"}
    assert send("DELETE", f"{archive.stack.api}/images/{image_id}", headers=headers).status_code == 204
    assert archive.status(image_id, archive.alice) == 404
    assert archive.read("a.jpg") == OTHER_PHOTO
    output = archive.stack.client("s3").list_objects_v2(Bucket=OUTPUT, Prefix=f"uploads/{OWNER}/{image_id}")
    assert output["KeyCount"] == 0

    archive.stack.client("s3").put_object(Bucket=BUCKET, Key="elsewhere/a.jpg", Body=PHOTO)
    archive.put("folder/", b"")
    last = archive.put("c.jpg", OTHER_PHOTO)
    archive.wait_for(last)
    assert archive.stack.image_ids(archive.alice) == {broken_id, last}
    assert archive.stack.billed_calls() <= calls + 1


def test_an_object_that_is_deleted_before_it_is_processed_is_gone(archive: Archive) -> None:
    faults = {"delaySeconds": 3}
    assert send("PUT", f"{archive.stack.aws}/_local/faults", json=faults).status_code == 200
    image_id = archive.put("a.jpg", PHOTO)
    archive.delete("a.jpg")
    assert archive.wait_for(image_id)["image"]["reason"]["code"] == "gone"
    archive.put("a.jpg", PHOTO)
    assert wait_until(lambda: archive.wait_for(image_id)["image"]["status"] == "done" or None)


def test_the_bucket_outlives_a_restart(archive: Archive) -> None:
    ids = {archive.put(f"{number}.jpg", new_photo()) for number in range(3)}
    archive.stack.end(signal.SIGKILL)
    archive.stack.start()
    archive.sign_in()
    for image_id in ids:
        archive.wait_for(image_id)
        archive.stack.complete(image_id, archive.alice)
    calls = archive.stack.billed_calls()
    (first, *_) = ids
    archive.stack.call("POST", f"/images/{first}/retry", archive.alice)
    archive.stack.complete(first, archive.alice)
    assert archive.stack.billed_calls() == calls  # the same bytes have the same answers
    assert archive.stack.image_ids(archive.alice) == ids
