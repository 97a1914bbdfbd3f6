"""What AWS refuses and moto accepts, and operations that moto lacks."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from moto.cloudfront.models import cloudfront_backends

from tests.deploy.imitation.calls import Call
from tests.deploy.imitation.documents import ACCOUNT, PARTITION
from tests.deploy.imitation.errors import AwsError
from tests.deploy.imitation.services import Services

_Handler = Callable[[Call], Mapping[str, Any] | None]


class Gaps:
    """Handles the calls that moto would handle differently from AWS."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._bucket_regions: dict[str, str] = {}
        self.projects: list[dict[str, Any]] = []  # of Rekognition Custom Labels
        # the latest move from each queue, as ListMessageMoveTasks shows it
        self._moves: dict[str, dict[str, Any]] = {}
        self._handlers: dict[tuple[str, str], _Handler] = {
            ("cloudfront", "GetInvalidation"): self._get_invalidation,
            ("cognito-idp", "AdminCreateUser"): self._create_user,
            ("cognito-idp", "DeleteUserPool"): self._delete_user_pool,
            ("rekognition", "DescribeProjects"): lambda _: {"ProjectDescriptions": self.projects},
            ("sqs", "StartMessageMoveTask"): self._start_move,
            ("sqs", "ListMessageMoveTasks"): self._list_moves,
        }

    def handle(self, call: Call) -> Mapping[str, Any] | None:
        """Return the result of a call, or None to let moto handle it. Raises AwsError."""
        if call.service == "s3" and "Bucket" in call.parameters:
            self._require_bucket_region(call)
        handler = self._handlers.get((call.service, call.operation))
        return handler(call) if handler else None

    def _require_bucket_region(self, call: Call) -> None:
        bucket = call.parameters["Bucket"]
        if call.operation == "CreateBucket":
            self._bucket_regions.setdefault(bucket, call.region)
        region = self._bucket_regions.get(bucket, call.region)
        if region != call.region:
            raise AwsError(
                "AuthorizationHeaderMalformed",
                "The authorization header is malformed; "
                f"the region '{call.region}' is wrong; expecting '{region}'",
            )
        if call.operation == "DeleteBucket":
            self._bucket_regions.pop(bucket, None)  # if it isn't empty, it is deleted later or not at all

    def _get_invalidation(self, call: Call) -> None:
        backend = cloudfront_backends[ACCOUNT][PARTITION]
        invalidation = backend.get_invalidation(call.parameters["DistributionId"], call.parameters["Id"])
        invalidation.status = "Completed"  # moto writes it in capitals

    # ---------------------------------------------------------------- Cognito

    def _create_user(self, call: Call) -> Mapping[str, Any] | None:
        client, pool = self._services.client("cognito-idp", call.region), call.parameters["UserPoolId"]
        description = client.describe_user_pool(UserPoolId=pool)["UserPool"]
        name = call.parameters["Username"]
        fold = description.get("UsernameConfiguration", {}).get("CaseSensitive", True) is False
        users = client.list_users(UserPoolId=pool)["Users"]
        user = next((entry for entry in users if _same(_email(entry), name, fold)), None)
        if call.parameters.get("MessageAction") != "RESEND":
            if user is not None:
                raise AwsError("UsernameExistsException", "User account already exists")
            return None
        if user is None:
            raise AwsError("UserNotFoundException", "User does not exist.")
        if user["UserStatus"] != "FORCE_CHANGE_PASSWORD":
            raise AwsError(
                "UnsupportedUserStateException",
                f"Resend not possible. {name} status is not FORCE_CHANGE_PASSWORD",
            )
        return {"User": user}  # moto would create a second user

    def _delete_user_pool(self, call: Call) -> None:
        client, pool = self._services.client("cognito-idp", call.region), call.parameters["UserPoolId"]
        try:
            description = client.describe_user_pool(UserPoolId=pool)["UserPool"]
        except client.exceptions.ResourceNotFoundException:
            return  # moto answers the same
        if description.get("DeletionProtection") == "ACTIVE":
            raise AwsError(
                "InvalidParameterException",
                "The user pool cannot be deleted because deletion protection is activated. "
                "Deletion protection must be inactivated first.",
            )
        if "Domain" in description:
            raise AwsError(
                "InvalidParameterException",
                "User pool cannot be deleted. It has a domain configured that should be deleted first.",
            )

    # ---------------------------------------------------------------- SQS

    def _start_move(self, call: Call) -> Mapping[str, Any]:
        source = call.parameters["SourceArn"]
        if self._moves.get(source, {}).get("Status") == "RUNNING":
            raise AwsError(
                "AWS.SimpleQueueService.UnsupportedOperation",
                "There is already a task running. Only one active task is allowed for a source queue arn "
                "at a given time.",
            )
        client, url = self._queue(call.region, source)
        if not client.list_dead_letter_source_queues(QueueUrl=url)["queueUrls"]:
            raise AwsError("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.")
        attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        handle = str(uuid.uuid4())
        self._moves[source] = {
            "TaskHandle": handle,
            "Status": "RUNNING",
            "SourceArn": source,
            "ApproximateNumberOfMessagesMoved": 0,
            "ApproximateNumberOfMessagesToMove": int(attributes["Attributes"]["ApproximateNumberOfMessages"]),
            "StartedTimestamp": int(time.time() * 1000),
        }
        return {"TaskHandle": handle}

    def _list_moves(self, call: Call) -> Mapping[str, Any]:
        """A task still runs when it is listed for the first time, and then completes."""
        source = call.parameters["SourceArn"]
        self._queue(call.region, source)
        task = self._moves.get(source)
        if task is None:
            return {"Results": []}
        shown = dict(task)
        if task["Status"] == "RUNNING":
            task |= {
                "Status": "COMPLETED",
                "ApproximateNumberOfMessagesMoved": self._move(call.region, source),
            }
            del task["TaskHandle"]  # shown only while a task can be canceled
        return {"Results": [shown]}

    def _move(self, region: str, source: str) -> int:
        client, url = self._queue(region, source)
        (target,) = client.list_dead_letter_source_queues(QueueUrl=url)["queueUrls"]
        moved = 0
        while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                client.send_message(QueueUrl=target, MessageBody=message["Body"])
                client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                moved += 1
        return moved

    def _queue(self, region: str, arn: str) -> tuple[Any, str]:
        client = self._services.client("sqs", region)
        if arn.split(":")[3] != region:
            raise AwsError(
                "ResourceNotFoundException",
                "The resource that you specified for the SourceArn parameter doesn't exist.",
            )
        try:
            return client, client.get_queue_url(QueueName=arn.rsplit(":", 1)[1])["QueueUrl"]
        except client.exceptions.QueueDoesNotExist:
            raise AwsError(
                "ResourceNotFoundException",
                "The resource that you specified for the SourceArn parameter doesn't exist.",
            ) from None


def _email(user: Mapping[str, Any]) -> str:
    return str(next(entry["Value"] for entry in user["Attributes"] if entry["Name"] == "email"))


def _same(left: str, right: str, fold: bool) -> bool:
    return left.casefold() == right.casefold() if fold else left == right
