"""Empty a stack's buckets before it is deleted: `python -m deploy.buckets ENVIRONMENT`.

CloudFormation can't delete a bucket that contains objects.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import boto3

from deploy.environments import stack_name, stack_outputs

if TYPE_CHECKING:
    from mypy_boto3_s3.service_resource import Bucket


def empty_bucket(bucket: Bucket) -> int:
    """Delete all objects of a bucket; return their number."""
    deleted = 0
    for page in bucket.objects.pages():
        bucket.delete_objects(Delete={"Objects": [{"Key": entry.key} for entry in page], "Quiet": True})
        deleted += len(page)
    return deleted


def main(environment: str) -> int:
    stack = stack_name(environment)
    outputs = stack_outputs(boto3.client("cloudformation"), stack)
    buckets = [value for key, value in outputs.items() if key.endswith("BucketName")]
    reply = input(
        f"Delete the stack {stack} and all pictures and results in {' and '.join(buckets)}? (yes/no) "
    )
    if reply.strip().lower() != "yes":
        print("Nothing was deleted.")
        return 1
    for name in buckets:
        print(f"{name}: {empty_bucket(boto3.resource('s3').Bucket(name))} objects deleted")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
