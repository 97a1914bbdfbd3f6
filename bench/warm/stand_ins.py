"""Clients whose answers are there already, so that they take no time of the process that is measured."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from bench.catalog.table import MeteredTable
from catalog.values import to_attribute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.awsrequest import AWSPreparedRequest


class EmptyTable:
    """Takes the place of the table's resource and its client: nothing is stored, and every write succeeds."""

    name = "catalog"

    @property
    def meta(self) -> EmptyTable:
        return self

    @property
    def client(self) -> EmptyTable:
        return self

    def get_item(self, **_: object) -> dict[str, Any]:
        return {}

    put_item = transact_write_items = get_item

    def update_item(self, **_: object) -> dict[str, Any]:
        return {"Attributes": {"uploadDay": "2026-11-27"}}  # what the quota's update needs of it


class EmptyBucket:
    """Takes the place of the S3 client: no object exists."""

    def head_object(self, **_: object) -> None:
        raise ClientError({"Error": {"Code": "404"}}, "HeadObject")


class RecordedTable(MeteredTable):
    """Remembers its answers as DynamoDB would send them."""

    def reset(self) -> None:
        super().reset()
        self.bodies: list[bytes] = []

    def query(self, *arguments: Any, **named: Any) -> dict[str, Any]:
        answer = super().query(*arguments, **named)
        return self._record(answer, {"Items": [_attributes(item) for item in answer["Items"]]})

    def batch_get_item(self, *arguments: Any, **named: Any) -> dict[str, Any]:
        answer = super().batch_get_item(*arguments, **named)
        ((name, items),) = answer["Responses"].items()
        return self._record(answer, {"Responses": {name: [_attributes(item) for item in items]}})

    def _record(self, answer: dict[str, Any], encoded: dict[str, Any]) -> dict[str, Any]:
        rest = {name: value for name, value in answer.items() if name not in encoded}
        if "LastEvaluatedKey" in rest:
            rest["LastEvaluatedKey"] = _attributes(rest["LastEvaluatedKey"])
        self.bodies.append(json.dumps({**rest, **encoded}).encode())
        return answer


def _attributes(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: to_attribute(value) for name, value in item.items()}


class Replay:
    """Answers the requests of a botocore client with the same bodies in turn, in place of the network."""

    def __init__(self, bodies: list[bytes]) -> None:
        self._bodies = bodies
        self._next = 0

    def __call__(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        """Handle botocore's event `before-send`."""
        body = self._bodies[self._next % len(self._bodies)]
        self._next += 1
        headers: Any = {"content-type": "application/x-amz-json-1.0"}
        return AWSResponse(request.url, 200, headers, _Raw(body))


class _Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        yield self._body
