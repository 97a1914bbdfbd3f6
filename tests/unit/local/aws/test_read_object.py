"""Rekognition reads images, and writes results of trainings, with the permissions of its caller."""

from __future__ import annotations

from typing import Any

import pytest

from local.aws.iam import Permission
from local.rekognition.errors import ObjectUnreadable, ObjectUnwritable

INPUT = "local-input-123456789012-us-east-1"


def access_key_of(aws: Any, function_id: str) -> str:
    access_key: str = aws.endpoint.credentials_for(function_id)["AWS_ACCESS_KEY_ID"]
    return access_key


def test_reads_an_object_with_the_callers_permission(aws: Any) -> None:
    aws.client("s3").put_object(Bucket=INPUT, Key="a//é +%.jpg", Body=b"image")
    read = aws.endpoint.rekognition_objects.read_image
    assert read(INPUT, "a//é +%.jpg", None, access_key_of(aws, "ReaderFunction")) == b"image"
    assert read(INPUT, "a//é +%.jpg", None, "defaultkey") == b"image"


def test_reads_a_version_of_an_object(aws: Any) -> None:
    s3 = aws.client("s3")
    versions = [s3.put_object(Bucket="history", Key="k", Body=body)["VersionId"] for body in (b"1", b"2")]
    assert aws.endpoint.rekognition_objects.read_image("history", "k", versions[0], "defaultkey") == b"1"


@pytest.mark.parametrize(
    ("key", "function_id"),
    [("missing", "ReaderFunction"), ("secret/a", "ReaderFunction"), ("a", "WriterFunction"), ("a", None)],
)
def test_cannot_read_a_missing_or_denied_object(aws: Any, key: str, function_id: str | None) -> None:
    for existing in ("secret/a", "a"):
        aws.client("s3").put_object(Bucket=INPUT, Key=existing, Body=b"image")
    access_key = access_key_of(aws, function_id) if function_id else "AKIAUNKNOWN"
    with pytest.raises(ObjectUnreadable):
        aws.endpoint.rekognition_objects.read_image(INPUT, key, None, access_key)


def test_writes_an_object_with_the_callers_permission(aws: Any) -> None:
    key = "uploads/é +%.json"
    aws.endpoint.rekognition_objects.write(INPUT, key, b"result", access_key_of(aws, "WriterFunction"))
    assert aws.client("s3").get_object(Bucket=INPUT, Key=key)["Body"].read() == b"result"


@pytest.mark.parametrize(
    ("bucket", "key", "function_id"),
    [
        (INPUT, "other/a", "WriterFunction"),
        (INPUT, "uploads/a", "ReaderFunction"),
        (INPUT, "uploads/a", None),
        ("missing", "uploads/a", "administrator"),
    ],
)
def test_cannot_write_a_denied_object(aws: Any, bucket: str, key: str, function_id: str | None) -> None:
    keys = {None: "AKIAUNKNOWN", "administrator": "defaultkey"}
    access_key = keys[function_id] if function_id in keys else access_key_of(aws, str(function_id))
    with pytest.raises(ObjectUnwritable):
        aws.endpoint.rekognition_objects.write(bucket, key, b"result", access_key)


DATASET = f"arn:aws:s3:::{INPUT}"
DATASET_PERMISSIONS = {
    Permission("s3:GetBucketAcl", DATASET),
    Permission("s3:GetBucketLocation", DATASET),
    Permission("s3:GetObject", f"{DATASET}/models/a"),
    Permission("s3:GetObjectAcl", f"{DATASET}/models/a"),
    Permission("s3:GetObjectTagging", f"{DATASET}/models/a"),
    Permission("s3:GetObjectVersion", f"{DATASET}/models/a"),
}


def test_reads_a_dataset_with_every_permission_that_aws_documents(aws: Any) -> None:
    aws.client("s3").put_object(Bucket=INPUT, Key="models/a", Body=b"image")
    read = aws.endpoint.rekognition_objects.read_dataset
    assert read(INPUT, "models/a", None, access_key_of(aws, "TrainerFunction")) == b"image"
    used = [uses for grant, uses in aws.endpoint.grants().items() if grant.function_id == "TrainerFunction"]
    assert set.union(*map(set, used)) == DATASET_PERMISSIONS


@pytest.mark.parametrize(
    ("key", "function_id"),
    [
        ("uploads/a", "ReaderFunction"),  # may read the object in every way, but not the bucket's ACL
        ("uploads/a", "WriterFunction"),  # may get the object only
        ("uploads/a", "TrainerFunction"),  # may read others only
        ("models/missing", "TrainerFunction"),
    ],
)
def test_cannot_read_a_dataset_without_one_of_them(aws: Any, key: str, function_id: str) -> None:
    aws.client("s3").put_object(Bucket=INPUT, Key="uploads/a", Body=b"image")
    with pytest.raises(ObjectUnreadable):
        aws.endpoint.rekognition_objects.read_dataset(INPUT, key, None, access_key_of(aws, function_id))
