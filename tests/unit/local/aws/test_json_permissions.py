"""The permissions of functions in DynamoDB, SQS and Rekognition."""

from __future__ import annotations

from typing import Any

import pytest

TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/CatalogTable"
ITEM = {"pk": {"S": "OWNER#public"}, "sk": {"S": "IMAGE#1"}}
DLQ = "DeadLetterQueue"
OTHER_TABLE = TABLE.replace("CatalogTable", "Other")
INDEX = {"TableName": "CatalogTable", "IndexName": "byLabel"}
PUT = {"PutRequest": {"Item": ITEM}}
PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/birds/1234567890"
NEW_PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/birds/0"
DATASET = "arn:aws:rekognition:us-east-1:123456789012:project/birds/dataset/train/1234567890"
VERSION = "arn:aws:rekognition:us-east-1:123456789012:project/birds/version/v1/1234567890"
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
            ("put_item", {"TableName": "Other", "Item": ITEM}, "PutItem", OTHER_TABLE),
            ("query", INDEX, "Query", f"{TABLE}/index/byLabel"),
            ("batch_write_item", {"RequestItems": {"CatalogTable": [PUT]}}, "BatchWriteItem", TABLE),
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
        target = {"TableName": "CatalogTable", "Key": ITEM}
        update = {"Update": {**target, "UpdateExpression": "REMOVE a"}}
        check = {"ConditionCheck": {**target, "ConditionExpression": "attribute_not_exists(pk)"}}
        reader, writer = aws.client("dynamodb", "ReaderFunction"), aws.client("dynamodb", "WriterFunction")
        reader.transact_write_items(TransactItems=[put, update])
        message = aws.denial("WriterFunction", "dynamodb:UpdateItem", TABLE)
        assert aws.call_error(writer.transact_write_items, TransactItems=[put, update])[2] == message
        message = aws.denial("ReaderFunction", "dynamodb:ConditionCheckItem", TABLE)
        assert aws.call_error(reader.transact_write_items, TransactItems=[check])[2] == message
        message = aws.denial("ReaderFunction", "dynamodb:GetItem", TABLE)
        get = {"Get": target}
        assert aws.call_error(reader.transact_get_items, TransactItems=[get])[2] == message
        assert writer.transact_get_items(TransactItems=[get])["Responses"][0]["Item"]["pk"] == ITEM["pk"]


class TestSqs:
    def test_allows_what_the_role_allows(self, aws: Any) -> None:
        url = "https://sqs.us-east-1.amazonaws.com/123456789012/RetryQueue"
        sent = aws.client("sqs", "WriterFunction").send_message(QueueUrl=url, MessageBody="again")
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
            ("send_message", {"QueueUrl": DLQ, "MessageBody": "a"}, "SendMessage", DLQ),
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
        ("operation", "parameters", "permission"),
        [
            ("create_project", {"ProjectName": "birds"}, ("CreateProject", NEW_PROJECT)),
            ("describe_projects", {}, ("DescribeProjects", "*")),
            ("delete_project", {"ProjectArn": PROJECT}, ("DeleteProject", PROJECT)),
            (
                "create_dataset",
                {"ProjectArn": PROJECT, "DatasetType": "TRAIN"},
                ("CreateDataset", PROJECT),
            ),
            (
                "distribute_dataset_entries",
                {"Datasets": [{"Arn": DATASET}, {"Arn": DATASET}]},
                ("DistributeDatasetEntries", DATASET),
            ),
            ("list_dataset_entries", {"DatasetArn": DATASET}, ("ListDatasetEntries", DATASET)),
            (
                "create_project_version",
                {"ProjectArn": PROJECT, "VersionName": "v", "OutputConfig": {"S3Bucket": "bucket"}},
                ("CreateProjectVersion", PROJECT),
            ),
            ("stop_project_version", {"ProjectVersionArn": VERSION}, ("StopProjectVersion", VERSION)),
        ],
    )
    def test_projects_and_what_is_in_them_are_resources(
        self, aws: Any, operation: str, parameters: dict[str, Any], permission: tuple[str, str]
    ) -> None:
        action, resource = permission
        call = getattr(aws.client("rekognition", "ReaderFunction"), operation)
        message = aws.denial("ReaderFunction", f"rekognition:{action}", resource)
        assert aws.call_error(call, **parameters) == (400, "AccessDeniedException", message)


@pytest.mark.parametrize(
    ("service", "target", "code"),
    [
        ("dynamodb", "DynamoDB_20120810.TransactWriteItems", "SerializationException"),
        ("dynamodb", "DynamoDB_20120810.BatchGetItem", "SerializationException"),
        ("rekognition", "RekognitionService.DetectLabels", "SerializationException"),
        ("sqs", "AmazonSQS.SendMessage", "com.amazonaws.sqs#InvalidRequest"),
    ],
)
def test_rejects_a_malformed_body(aws: Any, service: str, target: str, code: str) -> None:
    without_items = [b"{}"] if service == "dynamodb" else []
    for body in (b"", b"{", b"[]", b"\xff", *without_items):
        status, document = aws.send_signed(service, target, body, "ReaderFunction")
        assert (status, document["__type"]) == (400, code)


@pytest.mark.parametrize("function", [None, "ReaderFunction"])
@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize(
    ("service", "target", "code"),
    [
        ("dynamodb", "DynamoDB_20120810.ListTables", "SerializationException"),
        ("sqs", "AmazonSQS.ListQueues", "com.amazonaws.sqs#InvalidRequest"),
        ("rekognition", "RekognitionService.DetectLabels", "SerializationException"),
    ],
)
def test_rejects_a_body_in_another_encoding(
    aws: Any, service: str, target: str, code: str, encoding: str, function: str | None
) -> None:
    body = '{"é": "é"}'.encode(encoding)
    status, document = aws.send_signed(service, target, body, function)
    assert (status, document["__type"], document["message"]) == (400, code, "The body isn't UTF-8 text.")
