"""The permissions of functions in DynamoDB, SQS and Rekognition."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/CatalogTable"
ITEM = {"pk": {"S": "OWNER#public"}, "sk": {"S": "IMAGE#1"}}
IMAGE = {"S3Object": {"Bucket": "local-input-123456789012-us-east-1", "Name": "a"}}


class TestDynamoDB:
    def test_allows_what_the_role_allows(self, aws: Any) -> None:
        writer = aws.client("dynamodb", "WriterFunction")
        writer.put_item(TableName="CatalogTable", Item=ITEM)
        assert writer.get_item(TableName="CatalogTable", Key=ITEM)["Item"] == ITEM
        assert writer.get_item(TableName=TABLE, Key=ITEM)["Item"] == ITEM
        batch = writer.batch_get_item(RequestItems={"CatalogTable": {"Keys": [ITEM]}})
        assert batch["Responses"] == {"CatalogTable": [ITEM]}

    @pytest.mark.parametrize(
        ("operation", "parameters", "action", "resource"),
        [
            ("delete_item", {"TableName": "CatalogTable", "Key": ITEM}, "DeleteItem", TABLE),
            ("scan", {"TableName": "CatalogTable"}, "Scan", TABLE),
            (
                "put_item",
                {"TableName": "Other", "Item": ITEM},
                "PutItem",
                TABLE.replace("CatalogTable", "Other"),
            ),
            (
                "query",
                {"TableName": "CatalogTable", "IndexName": "byLabel", "KeyConditionExpression": "pk = x"},
                "Query",
                f"{TABLE}/index/byLabel",
            ),
            (
                "batch_write_item",
                {"RequestItems": {"CatalogTable": [{"PutRequest": {"Item": ITEM}}]}},
                "BatchWriteItem",
                TABLE,
            ),
            ("list_tables", {}, "ListTables", "*"),
        ],
    )
    def test_denies_everything_else(
        self, aws: Any, operation: str, parameters: Any, action: str, resource: str
    ) -> None:
        call = getattr(aws.client("dynamodb", "WriterFunction"), operation)
        message = aws.denial("WriterFunction", f"dynamodb:{action}", resource)
        assert aws.call_error(call, **parameters) == (400, "AccessDeniedException", message)

    def test_transaction_requires_the_permission_of_every_action(self, aws: Any) -> None:
        put = {"Put": {"TableName": "CatalogTable", "Item": {**ITEM, "sk": {"S": "transaction"}}}}
        update = {
            "Update": {
                "TableName": "CatalogTable",
                "Key": ITEM,
                "UpdateExpression": "SET a = :a",
                "ExpressionAttributeValues": {":a": {"S": "b"}},
            }
        }
        check = {
            "ConditionCheck": {
                "TableName": "CatalogTable",
                "Key": ITEM,
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }
        reader, writer = aws.client("dynamodb", "ReaderFunction"), aws.client("dynamodb", "WriterFunction")
        reader.transact_write_items(TransactItems=[put, update])
        message = aws.denial("WriterFunction", "dynamodb:UpdateItem", TABLE)
        assert aws.call_error(writer.transact_write_items, TransactItems=[put, update])[2] == message
        message = aws.denial("ReaderFunction", "dynamodb:ConditionCheckItem", TABLE)
        assert aws.call_error(reader.transact_write_items, TransactItems=[check])[2] == message
        message = aws.denial("ReaderFunction", "dynamodb:GetItem", TABLE)
        get = {"Get": {"TableName": "CatalogTable", "Key": ITEM}}
        assert aws.call_error(reader.transact_get_items, TransactItems=[get])[2] == message
        assert writer.transact_get_items(TransactItems=[get])["Responses"][0]["Item"]["pk"] == ITEM["pk"]


class TestSqs:
    def test_allows_what_the_role_allows(self, aws: Any) -> None:
        sent = aws.client("sqs", "WriterFunction").send_message(QueueUrl="RetryQueue", MessageBody="again")
        reader = aws.client("sqs", "ReaderFunction")
        received = reader.receive_message(QueueUrl="RetryQueue")["Messages"][0]
        assert (received["MessageId"], received["Body"]) == (sent["MessageId"], "again")
        entry = {"Id": "0", "ReceiptHandle": received["ReceiptHandle"]}
        done = reader.delete_message_batch(QueueUrl="RetryQueue", Entries=[entry])
        assert done["Successful"] == [{"Id": "0"}]

    @pytest.mark.parametrize(
        ("operation", "parameters", "action", "queue"),
        [
            ("receive_message", {"QueueUrl": "RetryQueue"}, "ReceiveMessage", "RetryQueue"),
            (
                "send_message",
                {"QueueUrl": "DeadLetterQueue", "MessageBody": "a"},
                "SendMessage",
                "DeadLetterQueue",
            ),
            ("purge_queue", {"QueueUrl": "http://x/123456789012/RetryQueue"}, "PurgeQueue", "RetryQueue"),
        ],
    )
    def test_denies_everything_else(
        self, aws: Any, operation: str, parameters: Any, action: str, queue: str
    ) -> None:
        call = getattr(aws.client("sqs", "WriterFunction"), operation)
        message = aws.denial("WriterFunction", f"sqs:{action}", f"arn:aws:sqs:us-east-1:123456789012:{queue}")
        assert aws.call_error(call, **parameters) == (403, "AccessDenied", message)


class TestRekognition:
    def test_allows_what_the_role_allows(self, aws: Any) -> None:
        labels = aws.client("rekognition", "ReaderFunction").detect_labels(Image=IMAGE)["Labels"]
        access_key = aws.endpoint.credentials_for("ReaderFunction")["AWS_ACCESS_KEY_ID"]
        operation, size, signer = labels[0]["Name"].split()
        assert (operation, int(size) > 0, signer) == ("DetectLabels", True, access_key)

    def test_denies_everything_else(self, aws: Any) -> None:
        call = aws.client("rekognition", "ReaderFunction").detect_text
        message = aws.denial("ReaderFunction", "rekognition:DetectText", "*")
        assert aws.call_error(call, Image=IMAGE) == (400, "AccessDeniedException", message)

    def test_custom_labels_require_permission_for_the_model(self, aws: Any) -> None:
        model = "arn:aws:rekognition:us-east-1:123456789012:project/p/version/v/1"
        call = aws.client("rekognition", "ReaderFunction").detect_custom_labels
        message = aws.denial("ReaderFunction", "rekognition:DetectCustomLabels", model)
        assert aws.call_error(call, Image=IMAGE, ProjectVersionArn=model)[2] == message


@pytest.mark.parametrize(
    ("service", "target", "code"),
    [
        ("dynamodb", "DynamoDB_20120810.TransactWriteItems", "SerializationException"),
        ("rekognition", "RekognitionService.DetectLabels", "SerializationException"),
        ("sqs", "AmazonSQS.SendMessage", "com.amazonaws.sqs#InvalidRequest"),
    ],
)
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"])
def test_rejects_a_malformed_body(aws: Any, service: str, target: str, code: str, body: bytes) -> None:
    assert send_signed(aws, service, target, body) == (400, code)


def test_rejects_a_batch_without_its_items(aws: Any) -> None:
    for operation in ("TransactWriteItems", "BatchGetItem"):
        reply = send_signed(aws, "dynamodb", f"DynamoDB_20120810.{operation}", b"{}")
        assert reply == (400, "SerializationException")


def send_signed(aws: Any, service: str, target: str, body: bytes) -> tuple[int, str]:
    """Send a body with the permissions of ReaderFunction. Return the status and the error code."""
    request = AWSRequest("POST", f"{aws.url}/", data=body, headers={"X-Amz-Target": target})
    keys = aws.endpoint.credentials_for("ReaderFunction")
    credentials = Credentials(keys["AWS_ACCESS_KEY_ID"], keys["AWS_SECRET_ACCESS_KEY"])
    SigV4Auth(credentials, service, "us-east-1").add_auth(request)
    reply = aws.send("POST", request.url, body, dict(request.headers.items()))
    return reply.status, json.loads(reply.body)["__type"]
