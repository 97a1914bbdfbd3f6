"""Empty a stack's buckets before it is deleted: `python -m deploy.buckets ENVIRONMENT`.

CloudFormation deletes no bucket that holds an object.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import boto3

from deploy.environments import outputs, stack_name

if TYPE_CHECKING:
    from mypy_boto3_s3.service_resource import Bucket


def empty(bucket: Bucket) -> int:
    """Delete every object of the bucket; returns how many there were."""
    deleted = 0
    for page in bucket.objects.pages():
        bucket.delete_objects(Delete={"Objects": [{"Key": found.key} for found in page], "Quiet": True})
        deleted += len(page)
    return deleted


def main(environment: str) -> int:
    stack = stack_name(environment)
    found = outputs(boto3.client("cloudformation"), stack)
    buckets = [value for key, value in found.items() if key.endswith("BucketName")]
    answer = input(
        f"Delete the stack {stack} with every picture and result in {' and '.join(buckets)}? (yes/no) "
    )
    if answer.strip().lower() != "yes":
        print("Nothing was deleted.")
        return 1
    for name in buckets:
        print(f"{name}: {empty(boto3.resource('s3').Bucket(name))} objects deleted")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
