"""A deployed stack in moto with the data of people, for the tests of their erasure."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from catalog.catalog import Catalog
from catalog.model_records import ModelRecord
from catalog.quotas import UploadLimits
from catalog.records import ImageRecord, LabelSummary, Reason, ResultSummary
from catalog.transitions.finish import Completion, FailureSummary
from common.object_keys import output_keys, upload_key
from deploy.stack import Resource
from local.aws.transactions import make_transactions_isolated
from tests.cloud import create_catalog_table
from tests.unit.catalog.support import CallLog, Clock, Interruption, interrupt
from tests.unit.deploy.support import OUTPUTS, REGION, SESSION, create_stack

EXPIRED, DONE, FAILED, UNFINISHED, DELETED, PENDING = IDS = tuple(f"{number:064x}" for number in range(6))
make_transactions_isolated()


class People:
    """The stack: a table, buckets, a dead-letter queue and a user pool, which are empty.

    The user pool is also there if another provider signs people in.
    """

    def __init__(self, *, uses_user_pool: bool = True) -> None:
        self._s3 = SESSION.client("s3")
        for bucket in ("input", "output"):
            self._s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.table = create_catalog_table()
        self._clock = Clock()
        self._catalog = Catalog(self.table, self._clock, sleep=lambda _: None)
        self._calls = CallLog(self.table)
        self._sqs = SESSION.client("sqs")
        self._queue_url = self._sqs.create_queue(QueueName="dead-letters")["QueueUrl"]
        outputs = {
            **OUTPUTS,
            "CatalogTableName": self.table.name,
            "InputBucketName": "input",
            "OutputBucketName": "output",
            "DeadLetterQueueUrl": self._queue_url,
        }
        self._cognito = SESSION.client("cognito-idp")
        created = self._cognito.create_user_pool(PoolName="people", UsernameAttributes=["email"])
        self._pool = created["UserPool"]["Id"]
        create_stack(
            {**outputs, "UserPoolId": self._pool} if uses_user_pool else outputs,
            parameters={"TrainModels": "true"},
        )

    def resources(self, *_: object) -> list[Resource]:
        """Return the stack's user pool, which moto's CloudFormation doesn't support."""
        return [Resource("UserPool", "AWS::Cognito::UserPool", self._pool, "CREATE_COMPLETE", "")]

    def add_account(self, email: str) -> str:
        """Create an account; return its `sub`."""
        user = self._cognito.admin_create_user(
            UserPoolId=self._pool, Username=email, UserAttributes=[{"Name": "email", "Value": email}]
        )["User"]
        return {entry["Name"]: entry["Value"] for entry in user["Attributes"]}["sub"]

    def add_model(self, owner: str) -> None:
        """Add a model at rest."""
        model = ModelRecord(
            owner, "0" * 16, "Parts", "detection", ("scratch",), "owner", "stopped", self._clock.now
        )
        assert self._catalog.models.create(model)

    def delete_model(self, owner: str) -> str:
        """Delete a model as the trainer does; return the status that it had."""
        (model,) = self._catalog.models.of_owner(owner)
        self._catalog.models.delete(model)
        return model.status

    def is_enabled(self, username: str) -> bool:
        return self._cognito.admin_get_user(UserPoolId=self._pool, Username=username)["Enabled"]

    def add_images(self, owner: str) -> None:
        """Add images in every state that leaves something in the table, and their objects."""
        self._start(owner, EXPIRED)
        self._complete(owner, EXPIRED, "Leopard")
        self._clock.advance(days=30)
        self._start(owner, DONE)
        self._complete(owner, DONE, "Person", "Straße")
        self._start(owner, FAILED)
        self._catalog.fail(
            owner, FAILED, FailureSummary(Reason("broken", "It is."), self._clock(), self._expiry())
        )
        self._start(owner, UNFINISHED)
        self._calls.clear()
        self._calls.run_before(2, interrupt)  # the transaction: the entries in the index are written
        with suppress(Interruption):
            self._complete(owner, UNFINISHED, "Person", "Dog")
        self._start(owner, DELETED)
        self._complete(owner, DELETED, "Dog")
        self._catalog.begin_deletion(owner, DELETED)
        self._start(owner, PENDING)
        self._clock.advance(days=-30)
        for image_id in IDS:
            key = upload_key(owner, image_id)
            self.put("input", key)
            for output_key in output_keys(key):
                self.put("output", output_key)

    def put(self, bucket: str, key: str) -> None:
        self._s3.put_object(Bucket=bucket, Key=key, Body=f"the content of {key}".encode())

    def fail_events(self, *keys: str) -> None:
        """Put an event about each object into the dead-letter queue, as Lambda and SQS do."""
        for key in keys:
            event = {"Records": [{"s3": {"bucket": {"name": "input"}, "object": {"key": key}}}]}
            body = {"requestPayload": event, "responsePayload": {"errorMessage": f"to be retried: {key}"}}
            self._sqs.send_message(QueueUrl=self._queue_url, MessageBody=json.dumps(body))

    def fail_source(self, owner: str, key: str) -> None:
        """Put an event about a source object into the dead-letter queue, as Lambda and SQS do."""
        event = {"sourceObject": {"owner": owner, "bucket": "archive", "key": key}}
        body = json.dumps({"requestPayload": event}, separators=(",", ":"))
        self._sqs.send_message(QueueUrl=self._queue_url, MessageBody=body)

    def items(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return the items of the table by key, without the notes of erasures."""
        items = {(item["pk"], item["sk"]): item for item in self.table.scan()["Items"]}
        return {key: item for key, item in items.items() if not key[0].startswith("ERASED#")}

    def erased(self) -> list[str]:
        """Return the owners whose erasure is noted."""
        keys = [item["pk"] for item in self.table.scan()["Items"]]
        return sorted(key.removeprefix("ERASED#") for key in keys if key.startswith("ERASED#"))

    def restore(self, items: dict[tuple[str, str], dict[str, Any]]) -> None:
        """Put items into the table."""
        with self.table.batch_writer() as batch:
            for item in items.values():
                batch.put_item(Item=item)

    def finish_pending(self, owner: str) -> None:
        """Complete the pending image, the first in its month, with a label that no other image has."""
        self._clock.advance(days=-60)
        self._complete(owner, PENDING, "Bird")
        self._clock.advance(days=60)

    def snapshot(self) -> dict[str, Any]:
        """Return everything that is stored."""
        return {
            "items": self.items(),
            "objects": {
                (bucket, found["Key"]): self._s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read()
                for bucket in ("input", "output")
                for found in self._s3.list_objects_v2(Bucket=bucket).get("Contents", [])
            },
            "messages": sorted(self._read_messages()),
            "users": self._cognito.list_users(UserPoolId=self._pool)["Users"],
        }

    def _read_messages(self) -> list[str]:
        messages = self._sqs.receive_message(
            QueueUrl=self._queue_url, MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        return [message["Body"] for message in messages.get("Messages", [])]

    def _start(self, owner: str, image_id: str) -> None:
        self._catalog.start(
            ImageRecord(owner, image_id, "pending", "cat.jpg", "image/jpeg", 1000, self._clock()),
            UploadLimits(day=100, month=1000),
        )

    def _complete(self, owner: str, image_id: str, *labels: str) -> None:
        summary = ResultSummary(451, 300, tuple(LabelSummary(label, 90.0) for label in labels))
        self._catalog.complete(owner, image_id, Completion(summary, 1, self._clock(), self._expiry()))

    def _expiry(self) -> int:
        return int(self._clock().timestamp()) + 7 * 24 * 60 * 60
