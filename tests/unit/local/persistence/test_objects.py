"""Objects over a kill: the same bodies, headers, lists and conditions."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.s3.models import FakeKey

from local.aws.moto_state import OBJECT_ATTRIBUTES
from local.http import send
from local.persistence.database import FILE_NAME, DataError
from tests.unit.local.persistence.conftest import BUCKET, Run

LARGE = bytes(range(256)) * 12_000  # above the size that moto keeps in memory
PART = bytes(5 << 20)


def put(s3: Any, key: str, body: bytes = b"first", **options: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key=key, Body=body, **options)


def upload_in_parts(s3: Any) -> None:
    upload = {"Bucket": BUCKET, "Key": "parts"}
    upload["UploadId"] = s3.create_multipart_upload(**upload, ContentType="image/png")["UploadId"]
    parts = []
    for number, body in ((1, PART), (2, b"end")):
        etag = s3.upload_part(**upload, PartNumber=number, Body=body)["ETag"]
        parts.append({"PartNumber": number, "ETag": etag})
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})


def replace(s3: Any) -> None:
    put(s3, "a", b"second")
    put(s3, "a", LARGE)
    put(s3, "a", b"third")


def delete(s3: Any) -> None:
    put(s3, "other")
    put(s3, "a")
    s3.delete_object(Bucket=BUCKET, Key="a")


def delete_several(s3: Any) -> None:
    keys = ["a", "ä & <b>", "c"]
    for key in keys:
        put(s3, key)
    for quiet, names in ((True, keys[:1]), (False, [keys[1], "missing"])):
        s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": key} for key in names], "Quiet": quiet})


def copy(s3: Any) -> None:
    put(s3, "a", ContentType="image/png")
    s3.copy_object(Bucket=BUCKET, Key="b", CopySource={"Bucket": BUCKET, "Key": "a"})
    s3.copy_object(
        Bucket=BUCKET,
        Key="a",
        CopySource={"Bucket": BUCKET, "Key": "a"},
        MetadataDirective="REPLACE",
        Metadata={"reason": "new"},
    )


def tag(s3: Any) -> None:
    put(s3, "a", Tagging="color=red&size=large")
    put(s3, "b", LARGE)
    for key in "ab":
        tags = {"TagSet": [{"Key": "color", "Value": f"of {key}"}]}
        s3.put_object_tagging(Bucket=BUCKET, Key=key, Tagging=tags)


CHANGES: dict[str, Callable[[Any], None]] = {
    "small": lambda s3: put(s3, "odd names/100% café + crème/../x"),
    "empty": lambda s3: put(s3, "a", b""),
    "large": lambda s3: put(s3, "a", LARGE),
    "headers": lambda s3: put(
        s3,
        "a",
        ContentType="image/jpeg",
        CacheControl="private, no-cache",
        ContentDisposition='attachment; filename="a.jpg"',
        ContentEncoding="identity",
        ContentLanguage="de",
        Expires="Thu, 01 Jan 2037 00:00:00 GMT",
        StorageClass="STANDARD_IA",
        Metadata={"owner": "alice"},
        WebsiteRedirectLocation="/b",
        ChecksumAlgorithm="SHA256",
    ),
    "parts": upload_in_parts,
    "replaced": replace,
    "deleted": delete,
    "several deleted": delete_several,
    "copied": copy,
    "tagged": tag,
}


def snapshot(run: Run) -> Any:
    """Return everything that can be seen of the objects."""
    s3 = run.client("s3")
    listed = s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return listed, [
        {
            "headers": _kept(s3.head_object(Bucket=BUCKET, Key=each["Key"], ChecksumMode="ENABLED")),
            "body": s3.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read(),
            "range": s3.get_object(Bucket=BUCKET, Key=each["Key"], Range="bytes=1-3")["Body"].read()
            if each["Size"] > 3
            else b"",
            "tags": s3.get_object_tagging(Bucket=BUCKET, Key=each["Key"])["TagSet"],
        }
        for each in listed
    ]


def _kept(response: dict[str, Any]) -> dict[str, Any]:
    headers = response.pop("ResponseMetadata")["HTTPHeaders"]
    return response | {
        "headers": {name: headers[name] for name in headers if name not in ("date", "x-amz-request-id")}
    }


@pytest.mark.parametrize("name", CHANGES)
def test_an_object_is_the_same_after_a_kill(run: Run, name: str) -> None:
    CHANGES[name](run.client("s3"))
    before = snapshot(run)
    assert before[0]
    run.restart()
    assert snapshot(run) == before
    run.restart()  # also what was restored
    assert snapshot(run) == before


def test_a_restored_object_can_be_changed_and_deleted(run: Run) -> None:
    put(run.client("s3"), "a", LARGE)
    put(run.client("s3"), "b", LARGE)
    run.restart()
    s3 = run.client("s3")
    tag(s3)
    s3.delete_object(Bucket=BUCKET, Key="a")
    before = snapshot(run)
    run.restart()
    assert snapshot(run) == before
    assert [each["Key"] for each in before[0]] == ["b"]


def test_a_condition_holds_after_a_kill(run: Run) -> None:
    put(run.client("s3"), "a", IfNoneMatch="*")
    run.restart()
    with pytest.raises(ClientError, match="PreconditionFailed"):
        put(run.client("s3"), "a", b"second", IfNoneMatch="*")


def test_a_presigned_url_is_valid_after_a_kill(run: Run) -> None:
    parameters = {"Bucket": BUCKET, "Key": "uploads/a"}
    put(run.client("s3"), "uploads/a")
    keys = run.endpoint.credentials_for("WriterFunction")
    s3 = run.client("s3", "http://127.0.0.1:1", **keys)
    url: str = s3.generate_presigned_url("get_object", Params=parameters)
    host = {"Host": "127.0.0.1:1"}  # as signed; the port differs, unlike with make run
    assert send("GET", url.replace("http://127.0.0.1:1", run.url), headers=host).content == b"first"
    run.restart()
    assert send("GET", url.replace("http://127.0.0.1:1", run.url), headers=host).content == b"first"
    assert run.endpoint.credentials_for("WriterFunction") == keys
    assert len(keys["AWS_SECRET_ACCESS_KEY"]) == 40


def test_a_rejected_request_changes_nothing(run: Run) -> None:
    put(run.client("s3"), "a")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        put(run.client("s3"), "a", b"second", IfNoneMatch="*")
    with pytest.raises(ClientError, match="NoSuchKey"):
        run.client("s3").copy_object(Bucket=BUCKET, Key="a", CopySource={"Bucket": BUCKET, "Key": "missing"})
    before = snapshot(run)
    run.restart()
    assert snapshot(run) == before


def test_bodies_are_not_kept_in_memory(run: Run) -> None:
    put(run.client("s3"), "a", LARGE)
    tracked: Any = FakeKey
    keys = [key for key in tracked.instances_tracked if key.name == "a"]
    assert [type(key._value_buffer).__name__ for key in keys] == ["LazyBody"]


def test_every_attribute_of_an_object_is_kept_or_known() -> None:
    """A new version of moto may add some."""
    key = FakeKey("a", b"", "123456789012", "aws")
    kept = {*OBJECT_ATTRIBUTES, "_metadata", "last_modified", "contentsize", "name", "bucket_name"}
    same_for_all = {"account_id", "region_name", "partition", "acl", "_expiry", "multipart"}
    runtime = {"_value_buffer", "_max_buffer_size", "disposed", "lock"}
    unused = {
        "model_name",
        "transitions",
        "_transitions",
        "_status",
        "_executions",
        "_time_progressed",
        "_tick",
    }
    assert set(vars(key)) <= kept | same_for_all | runtime | unused
    key.dispose()


def change_days(run: Run, days: str) -> None:
    rules = run.resources["AWS::S3::Bucket"]["InputBucket"]["LifecycleConfiguration"]["Rules"]
    rules[0]["ExpirationInDays"] = days


def age(run: Run, key: str, day: str) -> None:
    """Change when an object was created, which the file contains as text."""
    run.stop()
    with closing(sqlite3.connect(run.folder / FILE_NAME)) as connection, connection:
        query = "UPDATE objects SET attributes = json_set(attributes, '$.last_modified', ?) WHERE key = ?"
        connection.execute(query, (f"{day}T12:00:00.000000", key))


def test_objects_past_their_retention_are_deleted(run: Run) -> None:
    put(run.client("s3"), "old")
    put(run.client("s3"), "new")
    age(run, "old", "2020-01-01")
    run.restart()
    assert [each["Key"] for each in snapshot(run)[0]] == ["new"]
    age(run, "new", "2020-01-01")
    change_days(run, "36500")
    run.restart()
    assert [each["Key"] for each in snapshot(run)[0]] == ["new"]


def test_a_bucket_that_the_template_no_longer_has_is_kept(run: Run) -> None:
    s3 = run.client("s3")
    for key in "ab":
        s3.put_object(Bucket="local-output-123456789012-us-east-1", Key=key, Body=b"x")
    bucket = run.resources["AWS::S3::Bucket"].pop("OutputBucket")
    run.restart()
    assert run.left == [
        "2 entries stay in the folder unused, because template.yaml no longer has the bucket "
        "local-output-123456789012-us-east-1."
    ]
    run.resources["AWS::S3::Bucket"]["OutputBucket"] = bucket
    run.restart()
    assert run.left == []
    assert len(run.client("s3").list_objects_v2(Bucket=bucket["BucketName"])["Contents"]) == 2


def test_refuses_a_bucket_with_versions(run: Run) -> None:
    versioned = {"BucketName": "history", "VersioningConfiguration": {"Status": "Enabled"}}
    run.resources["AWS::S3::Bucket"]["HistoryBucket"] = versioned
    with pytest.raises(DataError, match=r"DATA can't keep the versions of objects, which history has."):
        run.restart()
