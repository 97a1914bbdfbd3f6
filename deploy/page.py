"""Put the page on a deployed stack's site: `python -m deploy.page ENVIRONMENT`.

There is no build step, so a file's name says nothing of its content. On the site each deployment's files lie
in a folder that is named for the content of all of them, and index.html alone asks for them: a browser never
mixes old and new modules, and may keep each for ever.
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

from deploy.environments import ROOT, outputs, stack_name
from local.site.site import media_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_s3 import S3Client

KEPT = "public, max-age=31536000, immutable"
REVALIDATED = "public, max-age=0, must-revalidate"  # kept, but asked for whether it is still the same
UNCACHED = "no-store"
_INDEX = "index.html"
_REFERENCE = re.compile(r'\b(href|src)="([^"#?]+)(?=["#?])')
_DEPLOYED_SECONDS = 900  # an invalidation takes a minute or two


@dataclass(frozen=True)
class Deployment:
    """The folder of a deployment's files, and of those before, which open pages may still ask for."""

    release: str
    before: str


def config(found: Mapping[str, str]) -> str:
    """What the page has to know of its stack, as config.json."""
    sign_in = {"issuer": found["SignInIssuer"], "clientId": found["SignInClientId"]}
    return json.dumps({"apiUrl": found["ApiUrl"], "signIn": sign_in}) + "\n"


def upload(client: S3Client, bucket: str, config_json: str, source: Path = ROOT / "web") -> Deployment:
    """Put the page into the bucket; index.html comes last, when all that it asks for is there."""
    files = _files(source)
    page = files.pop(_INDEX).decode()
    release = _digest({**files, _INDEX: page.encode()})
    deployment = Deployment(release, _before(client, bucket, release))
    for name, body in files.items():
        _put(client, bucket, f"{release}/{name}", body, KEPT)
    _put(client, bucket, "config.json", config_json.encode(), UNCACHED)
    metadata = {"release": release, "before": deployment.before}
    _put(client, bucket, _INDEX, _pointed(page, release, files).encode(), REVALIDATED, metadata)
    return deployment


def invalidate(client: CloudFrontClient, distribution: str, seconds_between: int = 10) -> None:
    """Make CloudFront forget the page that it kept, and wait until it has."""
    batch = {"Paths": {"Quantity": 2, "Items": ["/", f"/{_INDEX}"]}, "CallerReference": str(uuid.uuid4())}
    begun = client.create_invalidation(DistributionId=distribution, InvalidationBatch=batch)  # type: ignore[arg-type]
    client.get_waiter("invalidation_completed").wait(
        DistributionId=distribution,
        Id=begun["Invalidation"]["Id"],
        WaiterConfig={"Delay": seconds_between, "MaxAttempts": _DEPLOYED_SECONDS // 10},
    )


def remove_old(client: S3Client, bucket: str, deployment: Deployment) -> None:
    """Remove what no page that is open now can ask for."""
    folders = (f"{deployment.release}/", f"{deployment.before}/")
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for entry in page.get("Contents", []):
            if entry["Key"] not in (_INDEX, "config.json") and not entry["Key"].startswith(folders):
                client.delete_object(Bucket=bucket, Key=entry["Key"])


def _files(source: Path) -> dict[str, bytes]:
    """Read the page's files by their names, but for hidden ones, which the local site serves neither."""
    found = {
        path.relative_to(source): path.read_bytes() for path in sorted(source.rglob("*")) if path.is_file()
    }
    return {
        name.as_posix(): body
        for name, body in found.items()
        if not any(part.startswith(".") for part in name.parts)
    }


def _digest(files: Mapping[str, bytes]) -> str:
    parts = [f"{name} {hashlib.sha256(body).hexdigest()}" for name, body in sorted(files.items())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _before(client: S3Client, bucket: str, release: str) -> str:
    """Name the release that the site shows now; or, if that is this one, the one before it."""
    try:
        shown = client.head_object(Bucket=bucket, Key=_INDEX)["Metadata"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
        shown = {}
    return shown.get("before" if shown.get("release") == release else "release", release)


def _pointed(page: str, release: str, files: Mapping[str, bytes]) -> str:
    def point(match: re.Match[str]) -> str:
        attribute, target = match.groups()
        return f'{attribute}="{release}/{target}' if target in files else match[0]

    return _REFERENCE.sub(point, page)


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
    found = outputs(boto3.client("cloudformation"), stack_name(environment))
    s3, bucket = boto3.client("s3"), found["SiteBucketName"]
    deployment = upload(s3, bucket, config(found))
    invalidate(boto3.client("cloudfront"), found["SiteDistributionId"])
    remove_old(s3, bucket, deployment)
    print(f"The page is at {found['SiteUrl']}")
    if "UserPoolId" in found:
        print("Add a person: make user EMAIL=person@example.com")


if __name__ == "__main__":
    main(sys.argv[1])
