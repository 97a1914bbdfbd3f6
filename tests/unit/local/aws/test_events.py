"""S3's events: the whole record, and who gets it."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from local.aws.notifications import Notifications, ObjectCreated

INPUT = "local-input-123456789012-us-east-1"
OUTPUT = "local-output-123456789012-us-east-1"
ETAG = hashlib.md5(b"abc").hexdigest()


def next_record(aws: Any, function_id: str = "WriterFunction") -> Any:
    to, event = aws.delivered.get(timeout=5)
    assert (to, list(event), len(event["Records"])) == (function_id, ["Records"], 1)
    return event["Records"][0]


def test_a_record_has_all_that_s3_documents(aws: Any) -> None:
    answer = aws.client("s3", "WriterFunction").put_object(Bucket=INPUT, Key="uploads/é +%.jpg", Body=b"abc")
    record = next_record(aws)
    time, sequencer = record.pop("eventTime"), record["s3"]["object"].pop("sequencer")
    principal, configuration = record.pop("userIdentity"), record["s3"].pop("configurationId")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time)
    assert re.fullmatch(r"[0-9A-F]{18}", sequencer)
    assert re.fullmatch(r"[0-9a-f]{32}", configuration)
    assert re.fullmatch(r"AWS:AROA[A-Z2-7]{16}:WriterFunction", principal["principalId"])
    assert record == {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "us-east-1",
        "eventName": "ObjectCreated:Put",
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {
            "x-amz-request-id": answer["ResponseMetadata"]["HTTPHeaders"]["x-amz-request-id"],
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


def test_a_copy_goes_to_all_whose_filters_it_passes(aws: Any, key: str) -> None:
    s3 = aws.client("s3")
    s3.put_object(Bucket=OUTPUT, Key=key, Body=b"abc")
    source = {"Bucket": OUTPUT, "Key": key}
    s3.copy_object(Bucket=INPUT, Key="copies/a.jpg", CopySource=source)
    for function_id in ("WriterFunction", "ReaderFunction"):
        record = next_record(aws, function_id)
        assert (record["eventName"], record["s3"]["object"]["size"]) == ("ObjectCreated:Copy", 3)
    for other in ("copies/a.png", "else/a.jpg"):
        s3.copy_object(Bucket=INPUT, Key=other, CopySource=source)
        next_record(aws)
    s3.put_object(Bucket=INPUT, Key="copies/b.jpg", Body=b"abc")
    next_record(aws)
    assert aws.delivered.empty()


def test_an_upload_in_parts_is_one_object(aws: Any, key: str) -> None:
    s3 = aws.client("s3")
    where = {"Bucket": INPUT, "Key": key}
    upload = s3.create_multipart_upload(**where)["UploadId"]
    parts = [
        {
            "PartNumber": number,
            "ETag": s3.upload_part(**where, UploadId=upload, PartNumber=number, Body=body)["ETag"],
        }
        for number, body in ((1, bytes(5 << 20)), (2, b"end"))
    ]
    assert aws.delivered.empty()
    done = s3.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": parts})
    record = next_record(aws)
    assert record["eventName"] == "ObjectCreated:CompleteMultipartUpload"
    assert record["s3"]["object"]["size"] == (5 << 20) + 3
    assert f'"{record["s3"]["object"]["eTag"]}"' == done["ETag"]


def test_what_creates_nothing_tells_nobody(aws: Any, key: str) -> None:
    s3 = aws.client("s3")
    s3.put_object(Bucket=INPUT, Key=key, Body=b"abc")
    next_record(aws)
    s3.put_object_tagging(Bucket=INPUT, Key=key, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    s3.get_object(Bucket=INPUT, Key=key)["Body"].read()
    s3.delete_object(Bucket=INPUT, Key=key)
    s3.put_object(Bucket=OUTPUT, Key=key, Body=b"abc")
    assert aws.send("PUT", f"/{INPUT}/{key}", b"unsigned").status == 403
    assert aws.delivered.empty()


def test_the_version_of_an_object_is_told(template_of: Any) -> None:
    wanted = {"Event": "s3:ObjectCreated:Put", "Function": "arn:aws:lambda:us-east-1:1:function:F"}
    bucket = {"BucketName": "history", "NotificationConfiguration": {"LambdaConfigurations": [wanted]}}
    template = template_of({"AWS::S3::Bucket": {"B": bucket}})
    told: list[Any] = []
    created = ObjectCreated("history", "k", "Put", 3, ETAG, "v1", "me", "127.0.0.1", "R")
    Notifications(template, lambda function_id, event: told.append((function_id, event))).publish(created)
    (function_id, event) = told[0]
    assert (function_id, event["Records"][0]["s3"]["object"]["versionId"]) == ("F", "v1")
