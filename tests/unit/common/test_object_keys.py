from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.object_keys import (
    MAX_IMAGE_KEY_BYTES,
    UploadKey,
    is_image_id,
    output_keys,
    parse_upload_key,
    result_key,
    source_image_id,
    upload_key,
)

ID = "0123456789abcdef" * 4


def test_builds_the_keys_of_an_upload() -> None:
    key = upload_key("public", ID)
    assert (key, result_key(key), output_keys(key)) == (
        f"uploads/public/{ID}",
        f"uploads/public/{ID}.json",
        (
            f"uploads/public/{ID}.answers",
            f"uploads/public/{ID}.answers.jpg",
            f"uploads/public/{ID}.preview.webp",
            f"uploads/public/{ID}.thumb.webp",
            f"uploads/public/{ID}.json",
        ),
    )


def test_the_id_of_a_source_object_is_the_hash_of_its_location() -> None:
    image_id = source_image_id("archive", "2019/Räuber 1.JPG")
    assert image_id == "87d9dcc5262e1751850ba06fab27e2b210b6c6c6719481cb4a4c3a9dde61b2f5"
    assert is_image_id(image_id)


@given(st.from_regex(r"[A-Za-z0-9_-]{1,128}", fullmatch=True), st.from_regex(r"[0-9a-f]{64}", fullmatch=True))
def test_parses_every_key_that_it_builds(owner: str, image_id: str) -> None:
    assert parse_upload_key(upload_key(owner, image_id)) == UploadKey(owner, image_id)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "photo.jpg",
        f"uploads/{ID}",
        f"uploads/public/{ID}.json",
        f"uploads/public/{ID}\n",
        f"uploads/public/{ID.upper()}",
        f"uploads/public/{ID[1:]}",
        f"uploads/public/more/{ID}",
        f"uploads//{ID}",
        f"uploads/a b/{ID}",
        f"uploads/é/{ID}",
        f"Uploads/public/{ID}",
        f"/uploads/public/{ID}",
    ],
)
def test_any_other_key_is_a_direct_upload(key: str) -> None:
    assert parse_upload_key(key) is None


@pytest.mark.parametrize(
    ("owner", "image_id"), [("a/b", ID), ("", ID), ("..", ID), ("public", "x"), ("public", "")]
)
def test_does_not_build_a_key_that_it_cannot_parse(owner: str, image_id: str) -> None:
    with pytest.raises(ValueError, match="invalid owner or image id"):
        upload_key(owner, image_id)


@pytest.mark.parametrize(
    ("text", "is_id"),
    [(ID, True), (ID.upper(), False), (ID + "0", False), (f"{ID}\n", False), ("٣" * 64, False), ("", False)],
)
def test_recognizes_image_ids(text: str, is_id: bool) -> None:
    assert is_image_id(text) is is_id


def test_the_output_of_the_longest_image_key_fits_into_s3() -> None:
    key = "é" * (MAX_IMAGE_KEY_BYTES // 2) + "x"
    assert len(key.encode()) == MAX_IMAGE_KEY_BYTES == 1011
    assert max(len(output_key.encode()) for output_key in output_keys(key)) == 1024


def test_no_two_images_share_an_output_key() -> None:
    """An image's key may end like another's output, as `a.preview.webp` or `a.answers` do."""
    suffixes = output_keys("")
    assert [a for a in suffixes for b in suffixes if a != b and a.endswith(b)] == []
