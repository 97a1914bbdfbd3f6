"""docs/backfill.md: its function works, and its numbers are those of the simulator and the price table."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from bench.backfill import MILLION, RATES, BulkCosts, pictures_in, pictures_in_queue
from bench.results import FIGURES
from deploy.backfill.pace import DEFAULT_SHARE
from local.template.names import ADMIN_KEY, ADMIN_SECRET, REGION
from processor.events import Message, parse_messages

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docs" / "backfill.md").read_text(encoding="utf-8")
(CODE,) = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_names_the_keys_of_the_local_endpoint() -> None:
    keys = f"AWS_ACCESS_KEY_ID={ADMIN_KEY} AWS_SECRET_ACCESS_KEY={ADMIN_SECRET} AWS_DEFAULT_REGION={REGION} "
    assert keys in TEXT


def batch_event(*keys: str) -> dict[str, Any]:
    """Return the event of a job of S3 Batch Operations, as AWS documents it."""
    return {
        "invocationSchemaVersion": "1.0",
        "invocationId": "YXNkbGZqYWRmaiBhc2RmdW9hZHNmZGpmaGFzbGtkaGZza2RmaAo",
        "job": {"id": "f3cc4f60-61f6-4a2b-8a21-d07600c373ce"},
        "tasks": [
            {
                "taskId": str(number),
                "s3Key": key,
                "s3VersionId": None,
                "s3BucketArn": "arn:aws:s3:::my-archive",
            }
            for number, key in enumerate(keys)
        ],
    }


def test_the_function_sends_messages_that_the_processor_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_aws():
        s3, sqs = boto3.client("s3"), boto3.client("sqs")
        s3.create_bucket(Bucket="my-archive")
        etag = s3.put_object(Bucket="my-archive", Key="a b+é.jpg", Body=b"12345")["ETag"].strip('"')
        url = sqs.create_queue(QueueName="retry")["QueueUrl"]
        monkeypatch.setenv("OWNER", "alice")
        monkeypatch.setenv("QUEUE_URL", url)
        function: dict[str, Any] = {}
        exec(compile(CODE, "docs/backfill.md", "exec"), function)
        answer = function["handler"](batch_event("a+b%2B%C3%A9.jpg", "missing.jpg"), None)
        (sent,) = sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=["All"])["Messages"]
    assert answer == {
        "invocationSchemaVersion": "1.0",
        "treatMissingKeysAs": "TemporaryFailure",
        "invocationId": "YXNkbGZqYWRmaiBhc2RmdW9hZHNmZGpmaGFzbGtkaGZza2RmaAo",
        "results": [
            {"taskId": "0", "resultCode": "Succeeded", "resultString": ""},
            {"taskId": "1", "resultCode": "PermanentFailure", "resultString": "404"},
        ],
    }
    assert sent["Attributes"]["MessageGroupId"] == "alice"
    record = {
        "messageId": "m",
        "eventSource": "aws:sqs",
        "attributes": {"ApproximateReceiveCount": "1"},
        "body": sent["Body"],
    }
    (message,) = parse_messages({"Records": [record]})
    assert isinstance(message, Message)
    found = dict(message.event["sourceObject"])
    assert found.pop("time").endswith("+00:00")
    assert found == {
        "owner": "alice",
        "bucket": "my-archive",
        "key": "a b+é.jpg",
        "size": 5,
        "etag": etag,
    }


def test_the_numbers_are_computed() -> None:
    one_line = " ".join(TEXT.split())
    slow, fast = RATES
    assert f"more than {pictures_in(1, slow):,} pictures at {slow:g} calls per second" in one_line
    assert f"more than {pictures_in(1, fast):,} at {fast:g}" in one_line
    assert f"more than {pictures_in_queue(slow):,} pictures at {slow:g} calls per second" in one_line
    assert f"or {pictures_in_queue(fast):,} at {fast:g}" in one_line
    assert f"for the run, above 0 and up to 1; {DEFAULT_SHARE}" in TEXT


def test_the_readme_has_the_times_of_a_million_pictures() -> None:
    figures = json.loads(FIGURES.read_text("utf-8"))["backfill"]["figures"]
    slow, fast = (figure["values"][0] for figure in figures if figure["unit"] == "hours")
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    assert f"take {slow / 24:.1f} days at the default quota" in readme
    assert f"and {fast:.0f} hours at 50." in readme


def test_listing_a_bucket_is_always_cheaper() -> None:
    costs = BulkCosts.of(MILLION)
    assert (round(costs.listing, 4), round(costs.batch, 4)) == (0.01, 1.2525)
    assert all(BulkCosts.of(10**power).listing < BulkCosts.of(10**power).batch for power in range(10))


def test_every_link_leads_to_a_file() -> None:
    linked = [target for target in re.findall(r"\]\(([^)#]+)\)", TEXT) if "://" not in target]
    assert [target for target in linked if not (ROOT / "docs" / target).exists()] == []
