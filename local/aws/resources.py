"""What the template describes, by kind and name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

_NAMED_BY = {
    "AWS::S3::Bucket": "BucketName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::SQS::Queue": "QueueName",
}


class Template(Protocol):
    """The transformed template, everything in it resolved."""

    def resources(self, kind: str) -> dict[str, dict[str, Any]]: ...


class Resource(NamedTuple):
    logical_id: str
    name: str
    properties: dict[str, Any]


def resources(template: Template, kind: str) -> Iterator[Resource]:
    """Give each with its name, which is its logical id where the template gives none."""
    for logical_id, properties in template.resources(kind).items():
        yield Resource(logical_id, properties.get(_NAMED_BY[kind], logical_id), properties)
