"""What is collected: the lines of the functions, and the metrics of AWS's services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from common.metrics import BILLED_CALLS, emit
from local.cloudwatch.alarms import Alarm, Term
from local.cloudwatch.cloudwatch import CloudWatch
from local.cloudwatch.metrics import Metric

NOW = 1_790_000_000.0


@pytest.fixture(autouse=True)
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr("moto.sqs.models.unix_time_millis", lambda: NOW * 1000)
    monkeypatch.setattr("local.aws.queue_states.time.time", lambda: NOW + 90)
    with mock_aws():
        client = boto3.client("sqs")
        client.create_queue(QueueName="Dead")
        policy = '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:Dead", "maxReceiveCount": 5}'
        client.create_queue(
            QueueName="Retry", Attributes={"RedrivePolicy": policy, "VisibilityTimeout": "360"}
        )
        yield client


def statistics(cloudwatch: CloudWatch, namespace: str) -> dict[str, Any]:
    """Return the dimension, number and sum of the metrics of a namespace, by name."""
    return {
        metric["name"]: (*metric["dimensions"].items(), metric["unit"], metric["count"], metric["sum"])
        for metric in cloudwatch.metrics()["metrics"]
        if metric["namespace"] == namespace
    }


def queue(cloudwatch: CloudWatch, name: str) -> tuple[float, ...]:
    """Return the visible messages, those in flight, and the age of the oldest."""
    found = {
        metric["name"]: metric["last"]
        for metric in cloudwatch.metrics()["metrics"]
        if metric["dimensions"] == {"QueueName": name}
    }
    return (
        found["ApproximateNumberOfMessagesVisible"],
        found["ApproximateNumberOfMessagesNotVisible"],
        found["ApproximateAgeOfOldestMessage"],
    )


def test_takes_the_metrics_out_of_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    cloudwatch, logged = CloudWatch(), []
    log = cloudwatch.without_metrics(lambda name, line: logged.append((name, line)))
    emit(BILLED_CALLS, 2)
    log("ProcessorFunction", capsys.readouterr().out)
    log("ProcessorFunction", '{"level": "INFO", "message": "done"}')
    log("ProcessorFunction", '{"_aws": "invalid"}')
    assert statistics(cloudwatch, "image-recognition") == {"BilledCalls": ("Count", 1, 2)}
    assert logged == [
        ("ProcessorFunction", '{"level": "INFO", "message": "done"}'),
        ("ProcessorFunction", '{"_aws": "invalid"}'),
    ]


def test_counts_invocations_as_lambda_does() -> None:
    cloudwatch = CloudWatch()
    cloudwatch.count_invocation("Presign", 0.25, failed=False)
    cloudwatch.count_invocation("Presign", 0.5, failed=True)
    name = ("FunctionName", "Presign")
    assert statistics(cloudwatch, "AWS/Lambda") == {
        "Invocations": (name, "Count", 2, 2),
        "Errors": (name, "Count", 2, 1),
        "Throttles": (name, "Count", 2, 0),
        "Duration": (name, "Milliseconds", 2, 750),
    }


def test_counts_requests_as_the_api_does() -> None:
    cloudwatch = CloudWatch()
    for status in (200, 204, 404, 429, 500):
        cloudwatch.count_request("HttpApi", 0.5, status)
    name = ("ApiId", "HttpApi")
    assert statistics(cloudwatch, "AWS/ApiGateway") == {
        "Count": (name, "Count", 5, 5),
        "4xx": (name, "Count", 5, 2),
        "5xx": (name, "Count", 5, 1),
        "Latency": (name, "Milliseconds", 5, 2500),
    }


def test_reads_the_state_of_the_queues(sqs: Any) -> None:
    cloudwatch = CloudWatch(speedup=60)
    for _ in range(3):
        sqs.send_message(QueueUrl="Retry", MessageBody="{}")
    sqs.receive_message(QueueUrl="Retry")
    assert queue(cloudwatch, "Retry") == (2, 1, 90 * 60)
    assert queue(cloudwatch, "Dead") == (0, 0, 0)


def test_the_age_leaves_out_messages_that_were_received_too_often(
    sqs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloudwatch = CloudWatch()
    sqs.send_message(QueueUrl="Retry", MessageBody="{}")
    ages = []
    for receives in range(1, 7):  # the last one moves it to the dead-letter queue
        visible_at = (NOW + receives * 361) * 1000
        monkeypatch.setattr("moto.sqs.models.unix_time_millis", lambda time=visible_at: time)
        sqs.receive_message(QueueUrl="Retry")
        ages.append(queue(cloudwatch, "Retry")[2])
    assert ages == [90, 90, 90, 0, 0, 0]
    assert queue(cloudwatch, "Retry") == (0, 0, 0)
    assert queue(cloudwatch, "Dead") == (1, 0, 90)


def test_an_alarm_reads_the_queues(sqs: Any) -> None:
    metric = Metric.of("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": "Dead"})
    alarm = Alarm("Dead", "", (Term(metric, "Maximum"),), False, "GreaterThanThreshold", 0, "OK")
    cloudwatch = CloudWatch([alarm])
    sqs.send_message(QueueUrl="Dead", MessageBody="{}")
    assert [each["state"] for each in cloudwatch.alarms()["alarms"]] == ["ALARM"]
    sqs.purge_queue(QueueUrl="Dead")
    assert [each["state"] for each in cloudwatch.alarms()["alarms"]] == ["OK"]


def test_forgets_what_was_collected() -> None:
    cloudwatch = CloudWatch()
    cloudwatch.count_request("HttpApi", 1, 200)
    for changes in ({}, {"reset": False}, {"reset": 1}, {"reset": True, "x": 1}):
        with pytest.raises(ValueError, match="only"):
            cloudwatch.configure(changes)
    assert len(statistics(cloudwatch, "AWS/ApiGateway")) == 4
    cloudwatch.configure({"reset": True})
    assert statistics(cloudwatch, "AWS/ApiGateway") == {}


def test_the_age_of_a_stream_is_the_current_one() -> None:
    ages = {"PublisherFunction": 61.0}
    metric = Metric.of("AWS/Lambda", "IteratorAge", {"FunctionName": "PublisherFunction"})
    term = Term(metric, "Maximum")
    alarm = Alarm("delayed", "", (term,), False, "GreaterThanThreshold", 3_600_000, "OK")
    cloudwatch = CloudWatch([alarm], 60, lambda: ages)
    (state,) = cloudwatch.alarms()["alarms"]
    assert (state["state"], state["value"]) == ("ALARM", 3_660_000)
    ages["PublisherFunction"] = 0.0
    (state,) = cloudwatch.alarms()["alarms"]
    assert (state["state"], state["value"]) == ("OK", 0)
