"""Rekognition reads pictures with the permissions of whoever asks it."""

from __future__ import annotations

from typing import Any

import pytest

from local.rekognition import ObjectUnreadable

INPUT = "local-input-123456789012-us-east-1"


def key_of(aws: Any, function_id: str) -> str:
    access_key: str = aws.endpoint.credentials_for(function_id)["AWS_ACCESS_KEY_ID"]
    return access_key


def test_an_object_that_the_caller_may_read(aws: Any) -> None:
    aws.client("s3").put_object(Bucket=INPUT, Key="a//é +%.jpg", Body=b"picture")
    read = aws.endpoint.read_object
    assert read(INPUT, "a//é +%.jpg", None, key_of(aws, "ReaderFunction")) == b"picture"
    assert read(INPUT, "a//é +%.jpg", None, "defaultkey") == b"picture"


def test_a_version_of_an_object(aws: Any) -> None:
    s3 = aws.client("s3")
    versions = [s3.put_object(Bucket="history", Key="k", Body=body)["VersionId"] for body in (b"1", b"2")]
    assert aws.endpoint.read_object("history", "k", versions[0], "defaultkey") == b"1"


@pytest.mark.parametrize(
    ("key", "function_id"),
    [("missing", "ReaderFunction"), ("secret/a", "ReaderFunction"), ("a", "WriterFunction")],
)
def test_an_object_that_it_may_not_or_that_is_not_there(aws: Any, key: str, function_id: str) -> None:
    for there in ("secret/a", "a"):
        aws.client("s3").put_object(Bucket=INPUT, Key=there, Body=b"picture")
    with pytest.raises(ObjectUnreadable):
        aws.endpoint.read_object(INPUT, key, None, key_of(aws, function_id))


def test_a_caller_that_nobody_knows(aws: Any) -> None:
    with pytest.raises(ObjectUnreadable):
        aws.endpoint.read_object(INPUT, "a", None, "AKIANOBODY")
