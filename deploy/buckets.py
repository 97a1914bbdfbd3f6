"""Empty and delete buckets. CloudFormation can't delete a bucket that contains objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deploy.errors import DeploymentError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

_SHOWN = 3  # objects in an error message


def empty_bucket(client: S3Client, bucket: str) -> int:
    """Delete all objects of a bucket, also those that arrive meanwhile; return their number.

    A bucket that doesn't exist has none. Raises DeploymentError if an object can't be deleted.
    """
    deleted = 0
    try:
        while entries := client.list_objects_v2(Bucket=bucket).get("Contents", []):
            objects: list[ObjectIdentifierTypeDef] = [{"Key": entry["Key"]} for entry in entries]
            answer = client.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
            if errors := answer.get("Errors"):
                reasons = "; ".join(f"{error['Key']}: {error['Message']}" for error in errors[:_SHOWN])
                raise DeploymentError(f"{len(errors)} objects of {bucket} can't be deleted: {reasons}.")
            deleted += len(entries)
    except client.exceptions.NoSuchBucket:
        pass
    return deleted


def delete_bucket(client: S3Client, bucket: str) -> None:
    """Delete a bucket with everything in it, if it exists."""
    empty_bucket(client, bucket)
    try:
        client.delete_bucket(Bucket=bucket)
    except client.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise
