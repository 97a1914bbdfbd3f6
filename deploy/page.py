"""Upload the page to a deployed stack's site: `python -m deploy.page ENVIRONMENT`.

Each deployment's files are in a folder named after the digest of all of them, and only index.html refers
to that folder. So browsers can cache the files forever and never mix modules of two versions.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from deploy.environments import ROOT, stack_name, stack_outputs
from local.site.site import media_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_s3 import S3Client

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATED = "public, max-age=0, must-revalidate"
UNCACHED = "no-store"
_INDEX = "index.html"
_REFERENCE = re.compile(r'\b(href|src)="([^"#?]+)(?=["#?])')
_INVALIDATION_POLLS = 90  # 15 minutes; an invalidation usually takes one or two


@dataclass(frozen=True)
class Deployment:
    """The folders of this deployment and of the previous one, which open pages still load files from."""

    release: str
    previous: str


def page_config(outputs: Mapping[str, str]) -> str:
    """Return the page's config.json for a stack's outputs."""
    sign_in = {"issuer": outputs["SignInIssuer"], "clientId": outputs["SignInClientId"]}
    return json.dumps({"apiUrl": outputs["ApiUrl"], "signIn": sign_in}) + "\n"


def upload(client: S3Client, bucket: str, config_json: str, source: Path = ROOT / "web") -> Deployment:
    """Upload the page to the bucket; index.html comes last, after all files it refers to."""
    files = _read_files(source)
    page = files.pop(_INDEX).decode()
    release = _digest({**files, _INDEX: page.encode()})
    deployment = Deployment(release, _previous_release(client, bucket, release))
    for name, body in files.items():
        _put(client, bucket, f"{release}/{name}", body, IMMUTABLE)
    _put(client, bucket, "config.json", config_json.encode(), UNCACHED)
    metadata = {"release": release, "before": deployment.previous}
    _put(client, bucket, _INDEX, _rewrite(page, release, files).encode(), REVALIDATED, metadata)
    return deployment


def invalidate(client: CloudFrontClient, distribution: str, poll_seconds: int = 10) -> None:
    """Remove the page from CloudFront's caches, and wait until that is done."""
    batch = {"Paths": {"Quantity": 2, "Items": ["/", f"/{_INDEX}"]}, "CallerReference": str(uuid.uuid4())}
    created = client.create_invalidation(DistributionId=distribution, InvalidationBatch=batch)  # type: ignore[arg-type]
    client.get_waiter("invalidation_completed").wait(
        DistributionId=distribution,
        Id=created["Invalidation"]["Id"],
        WaiterConfig={"Delay": poll_seconds, "MaxAttempts": _INVALIDATION_POLLS},
    )


def remove_old_releases(client: S3Client, bucket: str, deployment: Deployment) -> None:
    """Delete the files that no open page can load: all except this and the previous release."""
    folders = (f"{deployment.release}/", f"{deployment.previous}/")
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for entry in page.get("Contents", []):
            if entry["Key"] not in (_INDEX, "config.json") and not entry["Key"].startswith(folders):
                client.delete_object(Bucket=bucket, Key=entry["Key"])


def _read_files(source: Path) -> dict[str, bytes]:
    """Read the page's files by relative path, without hidden files, like the local site."""
    files = {
        path.relative_to(source): path.read_bytes() for path in sorted(source.rglob("*")) if path.is_file()
    }
    return {
        path.as_posix(): body
        for path, body in files.items()
        if not any(part.startswith(".") for part in path.parts)
    }


def _digest(files: Mapping[str, bytes]) -> str:
    parts = [f"{name} {hashlib.sha256(body).hexdigest()}" for name, body in sorted(files.items())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _previous_release(client: S3Client, bucket: str, release: str) -> str:
    """Return the release that the site serves now, or the one before it if that is `release` already."""
    try:
        metadata = client.head_object(Bucket=bucket, Key=_INDEX)["Metadata"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
        metadata = {}
    return metadata.get("before" if metadata.get("release") == release else "release", release)


def _rewrite(page: str, release: str, files: Mapping[str, bytes]) -> str:
    """Make the page's references to its files point into the release's folder."""

    def replace(match: re.Match[str]) -> str:
        attribute, target = match.groups()
        return f'{attribute}="{release}/{target}' if target in files else match[0]

    return _REFERENCE.sub(replace, page)


def _put(
    client: S3Client,
    bucket: str,
    key: str,
    body: bytes,
    cache_control: str,
    metadata: Mapping[str, str] | None = None,
) -> None:
    client.put_object(
        Bucket=bucket,
        Key=key,
        Body=body,
        ContentType=media_type(Path(key)),
        CacheControl=cache_control,
        Metadata=metadata or {},
    )


def main(environment: str) -> None:
    outputs = stack_outputs(boto3.client("cloudformation"), stack_name(environment))
    s3, bucket = boto3.client("s3"), outputs["SiteBucketName"]
    deployment = upload(s3, bucket, page_config(outputs))
    invalidate(boto3.client("cloudfront"), outputs["SiteDistributionId"])
    remove_old_releases(s3, bucket, deployment)
    print(f"The page is at {outputs['SiteUrl']}")
    if "UserPoolId" in outputs:
        print("Invite people with: make user EMAIL=person@example.com")


if __name__ == "__main__":
    main(sys.argv[1])
