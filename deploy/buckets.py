"""The URL of a bucket, and the deletion of objects and buckets.

CloudFormation can't delete a bucket that contains objects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from botocore.config import Config

from deploy.errors import DeploymentError

if TYPE_CHECKING:
    from boto3 import Session
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

_REGIONAL = Config(s3={"us_east_1_regional_endpoint": "regional"})  # as in the functions' links
_SHOWN = 3  # objects in an error message


def bucket_url(session: Session, bucket: str) -> str:
    """Return the URL that the links to a bucket's objects start with."""
    endpoint = urlsplit(session.client("s3", config=_REGIONAL).meta.endpoint_url)
    return f"{endpoint.scheme}://{bucket}.{endpoint.netloc}"


def count_objects(client: S3Client, bucket: str, prefix: str) -> int:
    """Return the number of objects whose keys start with a prefix."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return sum(page["KeyCount"] for page in pages)


def delete_objects(client: S3Client, bucket: str, prefix: str = "") -> int:
    """Delete all objects whose keys start with a prefix, including those that arrive in the meantime.

    Return their number. A bucket that doesn't exist has none. Raises DeploymentError if an object can't be
    deleted.
    """
    deleted = 0
    try:
        while entries := client.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", []):
            objects: list[ObjectIdentifierTypeDef] = [{"Key": entry["Key"]} for entry in entries]
            answer = client.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
            if errors := answer.get("Errors"):
                reasons = "; ".join(f"{error['Key']}: {error['Message']}" for error in errors[:_SHOWN])
                raise DeploymentError(f"{len(errors)} objects of {bucket} can't be deleted: {reasons}.")
            deleted += len(entries)
    except client.exceptions.NoSuchBucket:
        pass
    return deleted


def bucket_exists(client: S3Client, bucket: str, account: str) -> bool:
    """Return whether an account has a bucket. Bucket names are unique in all accounts."""
    try:
        client.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)
    except client.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in ("403", "404"):  # HEAD has no body with a more precise code
            return False
        raise
    return True


def delete_bucket(client: S3Client, bucket: str) -> None:
    """Delete a bucket with everything in it, if it exists."""
    delete_objects(client, bucket)
    try:
        client.delete_bucket(Bucket=bucket)
    except client.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise
