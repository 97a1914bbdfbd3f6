"""Which permissions a request to DynamoDB, SQS or Rekognition needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from local.aws.iam import Permission
from local.template.names import arn

# SQS has one permission for an operation and for its batch.
_BATCHES = {
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}
_TRANSACTION_ACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}


def required_permissions(service: str, operation: str, payload: Mapping[str, Any]) -> list[Permission]:
    """List the permissions that the operation needs on what its payload names."""
    if service == "dynamodb":
        return list(_dynamodb(operation, payload))
    if service == "sqs":
        name = str(payload.get("QueueUrl") or payload.get("QueueName") or "*").rpartition("/")[2]
        return [
            Permission(f"sqs:{_BATCHES.get(operation, operation)}", arn("sqs", name) if name != "*" else "*")
        ]
    if service == "rekognition":  # only custom labels and adapters are resources
        model = payload.get("ProjectVersionArn") or payload.get("ProjectVersion") or "*"
        return [Permission(f"rekognition:{operation}", str(model))]
    return [Permission(f"{service}:{operation}", "*")]


def _dynamodb(operation: str, payload: Mapping[str, Any]) -> Iterable[Permission]:
    if operation in ("TransactWriteItems", "TransactGetItems"):
        yield from _transaction(payload.get("TransactItems"))
    elif operation in ("BatchGetItem", "BatchWriteItem"):
        tables = payload.get("RequestItems")
        for table in tables if isinstance(tables, Mapping) else ["*"]:
            yield Permission(f"dynamodb:{operation}", _table_arn(table))
    else:
        resource = _table_arn(payload["TableName"]) if "TableName" in payload else "*"
        index = f"/index/{payload['IndexName']}" if "IndexName" in payload else ""
        yield Permission(f"dynamodb:{operation}", resource + index)


def _transaction(items: Any) -> Iterable[Permission]:
    """In a transaction each item needs the permission of its own action."""
    for item in items if isinstance(items, list) else []:
        for name, details in item.items() if isinstance(item, Mapping) else []:
            table = details.get("TableName", "*") if isinstance(details, Mapping) else "*"
            yield Permission(f"dynamodb:{_TRANSACTION_ACTIONS.get(name, name)}", _table_arn(table))


def _table_arn(table: Any) -> str:
    name = str(table)
    return name if name.startswith("arn:") or name == "*" else arn("dynamodb", f"table/{name}")
