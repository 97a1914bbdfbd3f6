"""S3 event notifications: the record and the functions that receive it."""

from __future__ import annotations

import hashlib
import re
from typing import Any

INPUT = "local-input-123456789012-us-east-1"
OUTPUT = "local-output-123456789012-us-east-1"
ETAG = hashlib.md5(b"abc").hexdigest()


def next_record(aws: Any, function_id: str = "WriterFunction") -> Any:
    receiver, event = aws.events.get(timeout=5)
    assert (receiver, list(event), len(event["Records"])) == (function_id, ["Records"], 1)
    return event["Records"][0]


def test_record_has_every_documented_field(aws: Any) -> None:
    writer = aws.client("s3", "WriterFunction")
    response = writer.put_object(Bucket=INPUT, Key="uploads/é +%.jpg", Body=b"abc")
    record = next_record(aws)
    time, sequencer = record.pop("eventTime"), record["s3"]["object"].pop("sequencer")
    principal, configuration_id = record.pop("userIdentity"), record["s3"].pop("configurationId")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time)
    assert re.fullmatch(r"[0-9A-F]{18}", sequencer)
    assert re.fullmatch(r"[0-9a-f]{32}", configuration_id)
    assert re.fullmatch(r"AWS:AROA[A-Z2-7]{16}:WriterFunction", principal["principalId"])
    assert record == {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "us-east-1",
        "eventName": "ObjectCreated:Put",
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {
            "x-amz-request-id": response["ResponseMetadata"]["HTTPHeaders"]["x-amz-request-id"],
            "x-amz-id-2": "local",
        },
        "s3": {
            "s3SchemaVersion": "1.0",
            "bucket": {
                "name": INPUT,
                "ownerIdentity": {"principalId": "123456789012"},
                "arn": f"arn:aws:s3:::{INPUT}",
            },
            "object": {"key": "uploads/%C3%A9+%2B%25.jpg", "size": 3, "eTag": ETAG},
        },
    }


def test_later_events_have_greater_sequencers(aws: Any, key: str) -> None:
    for _ in range(3):
        aws.client("s3").put_object(Bucket=INPUT, Key=key, Body=b"abc")
    sequencers = [next_record(aws)["s3"]["object"]["sequencer"] for _ in range(3)]
    assert sequencers == sorted(set(sequencers))


def test_invokes_every_function_with_a_matching_filter(aws: Any, key: str) -> None:
    s3 = aws.client("s3")
    s3.put_object(Bucket=OUTPUT, Key=key, Body=b"abc")
    source = {"Bucket": OUTPUT, "Key": key}
    s3.copy_object(Bucket=INPUT, Key="copies/a.jpg", CopySource=source)
    for function_id in ("WriterFunction", "ReaderFunction"):
        record = next_record(aws, function_id)
        assert (record["eventName"], record["s3"]["object"]["size"]) == ("ObjectCreated:Copy", 3)
    for other in ("copies/a.png", "other/a.jpg"):
        s3.copy_object(Bucket=INPUT, Key=other, CopySource=source)
        next_record(aws)
    s3.put_object(Bucket=INPUT, Key="copies/b.jpg", Body=b"abc")
    next_record(aws)
    assert aws.events.empty()


def test_multipart_upload_sends_one_event(aws: Any, key: str) -> None:
    s3 = aws.client("s3")
    target = {"Bucket": INPUT, "Key": key}
    upload = s3.create_multipart_upload(**target)["UploadId"]
    parts = [
        {
            "PartNumber": number,
            "ETag": s3.upload_part(**target, UploadId=upload, PartNumber=number, Body=body)["ETag"],
        }
        for number, body in ((1, bytes(5 << 20)), (2, b"end"))
    ]
    assert aws.events.empty()
    completed = s3.complete_multipart_upload(**target, UploadId=upload, MultipartUpload={"Parts": parts})
    record = next_record(aws)
    assert record["eventName"] == "ObjectCreated:CompleteMultipartUpload"
    assert record["s3"]["object"]["size"] == (5 << 20) + 3
    assert f'"{record["s3"]["object"]["eTag"]}"' == completed["ETag"]


def test_sends_no_event_unless_an_object_was_created(aws: Any, key: str) -> None:
    s3 = aws.client("s3")
    s3.put_object(Bucket=INPUT, Key=key, Body=b"abc")
    next_record(aws)
    s3.put_object_tagging(Bucket=INPUT, Key=key, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    s3.get_object(Bucket=INPUT, Key=key)["Body"].read()
    s3.delete_object(Bucket=INPUT, Key=key)
    s3.put_object(Bucket=OUTPUT, Key=key, Body=b"abc")
    assert aws.send("PUT", f"/{INPUT}/{key}", b"unsigned").status == 403
    assert aws.events.empty()


def test_record_contains_the_version_id(aws: Any, key: str) -> None:
    version = aws.client("s3").put_object(Bucket="history", Key=key, Body=b"abc")["VersionId"]
    assert next_record(aws)["s3"]["object"]["versionId"] == version
