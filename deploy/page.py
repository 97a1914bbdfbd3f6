"""Put the page on a deployed stack's site: `python -m deploy.page ENVIRONMENT`."""

from __future__ import annotations

import json
import mimetypes
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from deploy.environments import ROOT, outputs, stack_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_s3 import S3Client

# Names do not change with content, as there is no build step: a browser may keep a file but has to ask
# whether it is still the same, and CloudFront is told of each deploy.
REVALIDATED = "public, max-age=0, must-revalidate"
UNCACHED = "no-store"


def config(found: Mapping[str, str]) -> str:
    """What the page has to know of its stack, as config.json."""
    sign_in = {"issuer": found["SignInIssuer"], "clientId": found["SignInClientId"]}
    return json.dumps({"apiUrl": found["ApiUrl"], "signIn": sign_in}) + "\n"


def upload(client: S3Client, bucket: str, config_json: str, source: Path = ROOT / "web") -> list[str]:
    """Put the page's files into the bucket, remove what the page has no more; returns the keys put."""
    keys = []
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        key = file.relative_to(source).as_posix()
        _put(client, bucket, key, file.read_bytes(), REVALIDATED)
        keys.append(key)
    _put(client, bucket, "config.json", config_json.encode(), UNCACHED)
    keys.append("config.json")
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for entry in page.get("Contents", []):
            if entry["Key"] not in keys:
                client.delete_object(Bucket=bucket, Key=entry["Key"])
    return keys


def invalidate(client: CloudFrontClient, distribution: str) -> None:
    """Make CloudFront forget what it kept of the page; its own copies follow within a minute or so."""
    client.create_invalidation(
        DistributionId=distribution,
        InvalidationBatch={"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": str(uuid.uuid4())},
    )


def _put(client: S3Client, bucket: str, key: str, body: bytes, cache_control: str) -> None:
    kind = mimetypes.guess_type(key)[0] or "application/octet-stream"
    content_type = f"{kind}; charset=utf-8" if kind.startswith(("text/", "application/j")) else kind
    client.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type, CacheControl=cache_control)


def main(environment: str) -> None:
    found = outputs(boto3.client("cloudformation"), stack_name(environment))
    keys = upload(boto3.client("s3"), found["SiteBucketName"], config(found))
    invalidate(boto3.client("cloudfront"), found["SiteDistributionId"])
    print(f"{len(keys)} files are at {found['SiteUrl']}")
    if "UserPoolId" in found:
        print("Add a person: make user EMAIL=person@example.com")


if __name__ == "__main__":
    main(sys.argv[1])
