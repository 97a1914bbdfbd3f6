"""What each function may do in S3, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

INPUT = "local-input-123456789012-us-east-1"
OUTPUT = "local-output-123456789012-us-east-1"


def test_what_the_role_allows(aws: Any, key: str) -> None:
    writer, reader = aws.client("s3", "WriterFunction"), aws.client("s3", "ReaderFunction")
    writer.put_object(Bucket=INPUT, Key=key, Body=b"abc")
    assert reader.get_object(Bucket=INPUT, Key=key)["Body"].read() == b"abc"
    assert reader.list_objects_v2(Bucket=INPUT, Prefix=key)["KeyCount"] == 1
    assert reader.head_object(Bucket=INPUT, Key=key)["ContentLength"] == 3
    writer.delete_object(Bucket=INPUT, Key=key)


@pytest.mark.parametrize(
    ("function", "operation", "parameters", "action", "resource"),
    [
        ("WriterFunction", "put_object", {"Bucket": INPUT, "Key": "a"}, "PutObject", f"{INPUT}/a"),
        (
            "WriterFunction",
            "put_object",
            {"Bucket": OUTPUT, "Key": "uploads/a"},
            "PutObject",
            f"{OUTPUT}/uploads/a",
        ),
        (
            "WriterFunction",
            "put_object",
            {"Bucket": INPUT, "Key": "uploads/a", "ACL": "public-read"},
            "PutObjectAcl",
            f"{INPUT}/uploads/a",
        ),
        (
            "WriterFunction",
            "put_object",
            {"Bucket": INPUT, "Key": "uploads/a", "Tagging": "a=b"},
            "PutObjectTagging",
            f"{INPUT}/uploads/a",
        ),
        (
            "WriterFunction",
            "copy_object",
            {"Bucket": INPUT, "Key": "uploads/a", "CopySource": f"{OUTPUT}/b"},
            "GetObject",
            f"{OUTPUT}/b",
        ),
        ("WriterFunction", "list_objects_v2", {"Bucket": INPUT}, "ListBucket", INPUT),
        ("WriterFunction", "delete_bucket", {"Bucket": INPUT}, "DeleteBucket", INPUT),
        (
            "WriterFunction",
            "delete_objects",
            {"Bucket": INPUT, "Delete": {"Objects": [{"Key": "uploads/a"}]}},
            "DeleteObject",
            f"{INPUT}/*",
        ),
        ("WriterFunction", "put_bucket_policy", {"Bucket": INPUT, "Policy": "{}"}, "PUT ?policy", INPUT),
        ("ReaderFunction", "put_object", {"Bucket": INPUT, "Key": "a"}, "PutObject", f"{INPUT}/a"),
        ("ReaderFunction", "delete_object", {"Bucket": INPUT, "Key": "a"}, "DeleteObject", f"{INPUT}/a"),
    ],
)
def test_what_it_does_not(
    aws: Any, function: str, operation: str, parameters: Any, action: str, resource: str
) -> None:
    call = getattr(aws.client("s3", function), operation)
    message = aws.lacks(function, f"s3:{action}", f"arn:aws:s3:::{resource}")
    assert aws.refusal(call, **parameters) == (403, "AccessDenied", message)


def test_all_buckets_are_nobodys_business(aws: Any) -> None:
    message = aws.lacks("ReaderFunction", "s3:ListAllMyBuckets", "*")
    assert aws.refusal(aws.client("s3", "ReaderFunction").list_buckets) == (403, "AccessDenied", message)


def test_a_deny_outweighs_an_allow(aws: Any) -> None:
    status, code, message = aws.refusal(
        aws.client("s3", "ReaderFunction").get_object, Bucket=INPUT, Key="secret/a"
    )
    assert (status, code) == (403, "AccessDenied")
    assert message.endswith(
        f"arn:aws:s3:::{INPUT}/secret/a with an explicit deny in an identity-based policy"
    )


def test_a_missing_object_is_told_only_to_who_may_list(aws: Any, key: str) -> None:
    writer, reader = aws.client("s3", "WriterFunction"), aws.client("s3", "ReaderFunction")
    assert aws.refusal(reader.get_object, Bucket=INPUT, Key=key)[:2] == (404, "NoSuchKey")
    assert aws.refusal(reader.head_object, Bucket=INPUT, Key=key)[:2] == (404, "404")
    message = aws.lacks("WriterFunction", "s3:ListBucket", f"arn:aws:s3:::{INPUT}")
    assert aws.refusal(writer.get_object, Bucket=INPUT, Key=key) == (403, "AccessDenied", message)
    assert aws.refusal(writer.head_object, Bucket=INPUT, Key=key)[:2] == (403, "403")


def test_a_presigned_url_carries_its_signers_permissions(aws: Any) -> None:
    writer = aws.client("s3", "WriterFunction")
    url = writer.generate_presigned_url("put_object", Params={"Bucket": INPUT, "Key": "elsewhere"})
    reply = aws.send("PUT", url, b"x")
    message = aws.lacks("WriterFunction", "s3:PutObject", f"arn:aws:s3:::{INPUT}/elsewhere")
    assert reply.refusal == (403, "AccessDenied", message)


def test_a_wrong_secret_and_an_old_request(aws: Any, key: str) -> None:
    s3 = aws.client("s3")
    s3._request_signer._credentials.secret_key = "guessed"
    assert aws.refusal(s3.get_object, Bucket=INPUT, Key=key)[:2] == (403, "SignatureDoesNotMatch")
    s3._request_signer._credentials.access_key = "AKIANOBODY"
    assert aws.refusal(s3.get_object, Bucket=INPUT, Key=key)[:2] == (403, "InvalidAccessKeyId")
