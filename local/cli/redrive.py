"""`make redrive-local`: what `make redrive` does on AWS, for the dead letters of the running local stack."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

from local.server import reachable_url
from local.settings import read_host, read_port, use_local_credentials
from local.template.parameters import ParameterError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_CONFIG = Config(proxies={}, retries={"total_max_attempts": 1})


def redrive(client: SQSClient) -> int:
    """Move all messages from the dead-letter queue to the retry queue. Return how many there were.

    A redriven message is a new one with the same body, as on AWS. moto has no StartMessageMoveTask.
    """
    source, target = (
        client.get_queue_url(QueueName=name)["QueueUrl"] for name in ("DeadLetterQueue", "RetryQueue")
    )
    moved = 0
    while messages := client.receive_message(QueueUrl=source, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            client.send_message(QueueUrl=target, MessageBody=message["Body"])
            client.delete_message(QueueUrl=source, ReceiptHandle=message["ReceiptHandle"])
        moved += len(messages)
    return moved


def main() -> int:
    use_local_credentials(os.environ)
    try:
        host = os.environ.get("AWS_HOST") or read_host(os.environ)
        url = reachable_url(host, read_port(os.environ, "AWS_PORT"))
        moved = redrive(boto3.client("sqs", endpoint_url=url, config=_CONFIG))
    except ParameterError as error:
        print(error, file=sys.stderr)
        return 1
    except EndpointConnectionError:
        print(f"No local stack is running at {url}. Start one with make run.", file=sys.stderr)
        return 1
    print(f"Moved {moved} {'message' if moved == 1 else 'messages'} to the retry queue.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
