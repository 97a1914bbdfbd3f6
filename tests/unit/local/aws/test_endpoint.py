"""The endpoint as a whole: JSON services, provisioning and control requests."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

# The codes for an unknown access key, a wrong signature and a missing one
CODES = ("UnrecognizedClientException", "InvalidSignatureException", "MissingAuthenticationTokenException")
SQS_CODES = ("InvalidClientTokenId", "SignatureDoesNotMatch", "MissingAuthenticationToken")


@pytest.mark.parametrize(
    ("service", "operation", "target", "codes"),
    [
        ("dynamodb", "list_tables", "DynamoDB_20120810.ListTables", CODES),
        ("sqs", "list_queues", "AmazonSQS.ListQueues", SQS_CODES),
        ("rekognition", "describe_projects", "RekognitionService.DescribeProjects", CODES),
    ],
)
def test_verifies_signatures(
    aws: Any, service: str, operation: str, target: str, codes: tuple[str, str, str]
) -> None:
    unknown_key, mismatch, unsigned = codes
    client = aws.client(service)
    credentials = client._request_signer._credentials
    getattr(client, operation)()
    aws.clock.offset = timedelta(minutes=16)
    assert aws.call_error(getattr(client, operation))[1] == mismatch
    aws.clock.offset = timedelta(0)
    credentials.secret_key = "guessed"
    assert aws.call_error(getattr(client, operation))[1] == mismatch
    credentials.access_key = "AKIAUNKNOWN"
    assert aws.call_error(getattr(client, operation))[1] == unknown_key
    document = json.loads(aws.send("POST", "/", b"{}", {"X-Amz-Target": target}).body)
    assert document["__type"].rpartition("#")[2] == unsigned
    assert document["message"] == "Missing Authentication Token"


def test_rejects_a_signature_for_another_service(aws: Any) -> None:
    status, document = aws.send_signed("dynamodb", "AmazonSQS.ListQueues", b"{}")
    assert (status, document["__type"]) == (403, "com.amazonaws.sqs#SignatureDoesNotMatch")


def test_rejects_a_body_that_differs_from_the_signed_one(aws: Any) -> None:
    target = "RekognitionService.DetectLabels"
    assert aws.send_signed("rekognition", target, b"{}")[0] == 200
    _, rejected = aws.send_signed("rekognition", target, b"{}", sent=b"{ }")
    assert (rejected["Code"], bool(rejected["Logref"])) == ("InvalidSignatureException", True)


def test_passes_on_errors_of_rekognition(aws: Any) -> None:
    call = aws.client("rekognition").detect_faces
    error = aws.call_error(call, Image={"Bytes": b"x"})
    assert error == (400, "ImageTooLargeException", "too large")


def test_administrator_can_use_other_services_of_moto(aws: Any) -> None:
    assert aws.client("sts").get_caller_identity()["Account"] == "123456789012"


def test_creates_the_table_and_queues_of_the_template(aws: Any) -> None:
    dynamodb, sqs = aws.client("dynamodb"), aws.client("sqs")
    assert dynamodb.describe_time_to_live(TableName="CatalogTable")["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "ENABLED",
        "AttributeName": "expiresAt",
    }
    backups = dynamodb.describe_continuous_backups(TableName="CatalogTable")["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    attributes = sqs.get_queue_attributes(QueueUrl="RetryQueue", AttributeNames=["All"])["Attributes"]
    assert (attributes["VisibilityTimeout"], attributes["SqsManagedSseEnabled"]) == ("360", "true")
    assert json.loads(attributes["RedrivePolicy"]) == {
        "deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:DeadLetterQueue",
        "maxReceiveCount": 5,
    }


def test_configures_rekognition_and_counts_its_calls(aws: Any) -> None:
    assert aws.send("PUT", "/_local/rekognition", b'{"latency": 2}').status == 200
    reply = json.loads(aws.send("GET", "/_local/rekognition").body)
    assert reply == {"settings": {"latency": 2}, "calls": {"DetectLabels": 3}}
    for invalid in (b"{", b"[]", b"{}"):
        assert aws.send("PUT", "/_local/rekognition", invalid).status == 400


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"latency": "\xe9"}', "the body isn't UTF-8 text"),
        ("{}".encode("utf-16"), "the body isn't UTF-8 text"),
        (
            b"\xef\xbb\xbf{}",
            "the body isn't valid JSON: Unexpected UTF-8 BOM (decode using utf-8-sig): line 1",
        ),
        (b"[" * 100_000, "the body isn't valid JSON: maximum recursion depth exceeded"),
        (b"", "the body isn't valid JSON: Expecting value: line 1 column 1 (char 0)"),
        (b"[]", "a JSON object is required"),
    ],
    ids=lambda value: None if isinstance(value, str) else repr(value[:20]),
)
def test_says_what_is_wrong_with_the_settings_of_rekognition(aws: Any, body: bytes, reason: str) -> None:
    reply = aws.send("PUT", "/_local/rekognition", body)
    assert reply.status == 400
    assert json.loads(reply.body)["message"].startswith(f"Invalid settings: {reason}")


def test_tells_tools_the_parameters_of_the_stack(aws: Any) -> None:
    reply = aws.send("GET", "/_local/health")
    assert json.loads(reply.body) == {"status": "ok", "parameters": {"DetectText": "true"}}


def test_serves_metrics_and_alarms(aws: Any) -> None:
    shown = json.loads(aws.send("GET", "/_local/metrics").body)
    queues = {metric["dimensions"]["QueueName"] for metric in shown["metrics"]}
    assert (shown.keys(), "RetryQueue" in queues) == ({"since", "dropped", "metrics"}, True)
    assert json.loads(aws.send("GET", "/_local/alarms").body) == {"alarms": []}
    assert aws.send("PUT", "/_local/metrics", b'{"reset": true}').status == 200
    reply = aws.send("PUT", "/_local/metrics", b'{"reset": false}')
    message = 'Invalid settings: only {"reset": true} can be set.'
    assert (reply.status, json.loads(reply.body)) == (400, {"message": message})


def test_denies_control_requests_from_web_pages(aws: Any) -> None:
    for method in ("GET", "PUT", "OPTIONS"):
        reply = aws.send(method, "/_local/rekognition", b"{}", {"Origin": "http://127.0.0.1:8080"})
        assert (reply.status, "access-control-allow-origin" in reply.headers) == (403, False)


def test_unexpected_exception_becomes_an_internal_error(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(aws.rekognition, "calls", fail)
    reply = aws.send("GET", "/_local/rekognition")
    assert (reply.status, reply.code) == (500, "InternalError")


@pytest.fixture
def faults(aws: Any) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Switch on faults until the test ends."""

    def switch(changes: dict[str, Any]) -> None:
        assert aws.send("PUT", "/_local/faults", json.dumps(changes).encode()).status == 200

    yield switch
    switch({"reset": True})


FUNCTION_CALLS = [
    ("s3", "head_object", {"Bucket": "local-input-123456789012-us-east-1", "Key": "missing"}, "500"),
    (
        "dynamodb",
        "get_item",
        {"TableName": "CatalogTable", "Key": {"pk": {"S": "a"}, "sk": {"S": "a"}}},
        "InternalServerError",
    ),
    ("sqs", "send_message", {"QueueUrl": "RetryQueue", "MessageBody": "a"}, "InternalFailure"),
    ("events", "put_events", {"Entries": [{"EventBusName": "pictures"}]}, "InternalException"),
]


@pytest.mark.parametrize(("service", "operation", "parameters", "code"), FUNCTION_CALLS)
def test_a_fault_fails_the_calls_of_functions_but_not_the_administrators(
    aws: Any, faults: Callable[..., None], service: str, operation: str, parameters: Any, code: str
) -> None:
    faults({"errors": 1})
    call = getattr(aws.client(service, "WriterFunction"), operation)
    assert aws.call_error(call, **parameters)[:2] == (500, code)
    aws.client("dynamodb").list_tables()
    reply = json.loads(aws.send("GET", "/_local/faults").body)
    assert reply["settings"]["errors"] == 1.0
    assert reply["counts"] == {"errors": 1}


def test_a_fault_loses_the_answer_of_a_call_that_was_carried_out(
    aws: Any, faults: Callable[..., None], key: str
) -> None:
    faults({"lostAnswers": 1})
    url = aws.presign("put_object", key, "WriterFunction")
    with pytest.raises(http.client.RemoteDisconnected):
        aws.send("PUT", url, b"content")
    stored = aws.client("s3").get_object(Bucket="local-input-123456789012-us-east-1", Key=key)
    assert stored["Body"].read() == b"content"


def test_explains_invalid_faults(aws: Any) -> None:
    reply = aws.send("PUT", "/_local/faults", b'{"errors": 2}')
    message = "Invalid settings: errors must be a number from 0 to 1, not 2."
    assert (reply.status, json.loads(reply.body)) == (400, {"message": message})
