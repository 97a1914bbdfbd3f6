"""The permissions of functions in S3."""

from __future__ import annotations

from typing import Any

import pytest

INPUT = "local-input-123456789012-us-east-1"
OUTPUT = "local-output-123456789012-us-east-1"
BUCKET = {"Bucket": INPUT}
OBJECT_KEY = {"Key": "uploads/a"}
OBJECT = BUCKET | OBJECT_KEY


def test_allows_what_the_role_allows(aws: Any, key: str) -> None:
    writer, reader = aws.client("s3", "WriterFunction"), aws.client("s3", "ReaderFunction")
    writer.put_object(Bucket=INPUT, Key=key, Body=b"abc")
    assert reader.get_object(Bucket=INPUT, Key=key)["Body"].read() == b"abc"
    assert reader.list_objects_v2(Bucket=INPUT, Prefix=key)["KeyCount"] == 1
    assert reader.head_object(Bucket=INPUT, Key=key)["ContentLength"] == 3
    writer.delete_object(Bucket=INPUT, Key=key)


@pytest.mark.parametrize(
    ("operation", "parameters", "action", "resource"),
    [
        ("put_object", {**OBJECT, "Key": "a"}, "PutObject", f"{INPUT}/a"),
        ("put_object", {**OBJECT, "Bucket": OUTPUT}, "PutObject", f"{OUTPUT}/uploads/a"),
        ("put_object", {**OBJECT, "ACL": "public-read"}, "PutObjectAcl", f"{INPUT}/uploads/a"),
        ("put_object", {**OBJECT, "Tagging": "a=b"}, "PutObjectTagging", f"{INPUT}/uploads/a"),
        ("copy_object", {**OBJECT, "CopySource": f"{OUTPUT}/b"}, "GetObject", f"{OUTPUT}/b"),
        ("list_objects_v2", BUCKET, "ListBucket", INPUT),
        ("delete_bucket", BUCKET, "DeleteBucket", INPUT),
        ("delete_objects", {**BUCKET, "Delete": {"Objects": [OBJECT_KEY]}}, "DeleteObject", f"{INPUT}/*"),
        ("put_bucket_policy", {**BUCKET, "Policy": "{}"}, "PUT ?policy", INPUT),
    ],
)
def test_denies_everything_else(
    aws: Any, operation: str, parameters: Any, action: str, resource: str
) -> None:
    call = getattr(aws.client("s3", "WriterFunction"), operation)
    message = aws.denial("WriterFunction", f"s3:{action}", f"arn:aws:s3:::{resource}")
    assert aws.call_error(call, **parameters) == (403, "AccessDenied", message)


def test_denies_listing_all_buckets(aws: Any) -> None:
    message = aws.denial("ReaderFunction", "s3:ListAllMyBuckets", "*")
    assert aws.call_error(aws.client("s3", "ReaderFunction").list_buckets) == (403, "AccessDenied", message)


def test_deny_overrides_allow(aws: Any) -> None:
    call = aws.client("s3", "ReaderFunction").get_object
    status, code, message = aws.call_error(call, Bucket=INPUT, Key="secret/a")
    assert (status, code) == (403, "AccessDenied")
    assert message.endswith(f"{INPUT}/secret/a with an explicit deny in an identity-based policy")


def test_reports_a_missing_object_only_with_list_permission(aws: Any, key: str) -> None:
    writer, reader = aws.client("s3", "WriterFunction"), aws.client("s3", "ReaderFunction")
    assert aws.call_error(reader.get_object, Bucket=INPUT, Key=key)[:2] == (404, "NoSuchKey")
    assert aws.call_error(reader.head_object, Bucket=INPUT, Key=key)[:2] == (404, "404")
    admin = aws.client("s3")
    assert aws.call_error(admin.get_object, Bucket="missing", Key=key)[:2] == (404, "NoSuchBucket")
    message = aws.denial("WriterFunction", "s3:ListBucket", f"arn:aws:s3:::{INPUT}")
    assert aws.call_error(writer.get_object, Bucket=INPUT, Key=key) == (403, "AccessDenied", message)
    assert aws.call_error(writer.head_object, Bucket=INPUT, Key=key)[:2] == (403, "403")


def test_presigned_url_has_the_permissions_of_its_signer(aws: Any) -> None:
    reply = aws.send("PUT", aws.presign("put_object", "elsewhere", "WriterFunction"), b"x")
    message = aws.denial("WriterFunction", "s3:PutObject", f"arn:aws:s3:::{INPUT}/elsewhere")
    assert reply.error == (403, "AccessDenied", message)


def test_rejects_a_wrong_secret_and_an_unknown_access_key(aws: Any, key: str) -> None:
    s3 = aws.client("s3")
    s3._request_signer._credentials.secret_key = "guessed"
    assert aws.call_error(s3.get_object, Bucket=INPUT, Key=key)[:2] == (403, "SignatureDoesNotMatch")
    s3._request_signer._credentials.access_key = "AKIAUNKNOWN"
    assert aws.call_error(s3.get_object, Bucket=INPUT, Key=key)[:2] == (403, "InvalidAccessKeyId")
