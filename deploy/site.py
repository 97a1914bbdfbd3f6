"""Publish the page in the site's bucket, and remove the earlier one from CloudFront's caches.

index.html's metadata is the state of the work: which release it belongs to, which one was before it, and
whether the caches are rid of the earlier index.html. A run that was interrupted is completed by the next.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from deploy.page import CONFIG
from deploy.polling import waiter_config
from local.site.bundle.publication import INDEX
from local.site.bundle.release import IMMUTABLE, REVALIDATED, UNCACHED
from local.site.site import media_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_s3 import S3Client

    from local.site.bundle.release import Page

_INVALIDATION_MINUTES = 15  # it usually takes one or two


@dataclass(frozen=True)
class Site:
    """The bucket and the distribution that serve the page."""

    s3: S3Client
    cloudfront: CloudFrontClient
    bucket: str
    distribution: str

    def publish(self, page: Page, config: str) -> bool:
        """Publish the page and its config.json; return whether anything had to be done.

        index.html comes after everything it refers to. Open pages still load files of the release before.
        """
        stored = self._index_metadata()
        is_uploaded = stored.get("release") == page.release
        state = {
            "release": page.release,
            "before": stored.get("before" if is_uploaded else "release", page.release),
        }
        if not is_uploaded:
            for key, body in page.files.items():
                self._put(key, body, IMMUTABLE)
        is_config_changed = self._publish_config(config.encode())
        if is_uploaded and "invalidated" in stored:
            return is_config_changed
        if not is_uploaded:
            self._put(INDEX, page.index, REVALIDATED, state)
        self._invalidate()
        self._remove_releases_except(state.values())
        self._put(INDEX, page.index, REVALIDATED, {**state, "invalidated": "true"})
        return True

    def _publish_config(self, body: bytes) -> bool:
        if self._read_config() == body:
            return False
        self._put(CONFIG, body, UNCACHED)
        return True

    def _read_config(self) -> bytes | None:
        try:
            return self.s3.get_object(Bucket=self.bucket, Key=CONFIG)["Body"].read()
        except self.s3.exceptions.NoSuchKey:
            return None

    def _index_metadata(self) -> Mapping[str, str]:
        try:
            return self.s3.head_object(Bucket=self.bucket, Key=INDEX)["Metadata"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "404":  # HEAD has no body with a more precise code
                return {}
            raise

    def _invalidate(self) -> None:
        """Remove the page from CloudFront's caches, and wait until that is done."""
        created = self.cloudfront.create_invalidation(
            DistributionId=self.distribution,
            InvalidationBatch={
                "Paths": {"Quantity": 2, "Items": ["/", f"/{INDEX}"]},
                "CallerReference": str(uuid.uuid4()),
            },
        )
        self.cloudfront.get_waiter("invalidation_completed").wait(
            DistributionId=self.distribution,
            Id=created["Invalidation"]["Id"],
            WaiterConfig=waiter_config(_INVALIDATION_MINUTES),
        )

    def _remove_releases_except(self, kept: Iterable[str]) -> None:
        folders = tuple(f"{release}/" for release in kept)
        for found in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket):
            for entry in found.get("Contents", []):
                if entry["Key"] not in (INDEX, CONFIG) and not entry["Key"].startswith(folders):
                    self.s3.delete_object(Bucket=self.bucket, Key=entry["Key"])

    def _put(
        self, key: str, body: bytes, cache_control: str, metadata: Mapping[str, str] | None = None
    ) -> None:
        self.s3.put_object(
            Bucket=self.bucket,
            Key=key,
            Body=body,
            ContentType=media_type(Path(key)),
            CacheControl=cache_control,
            Metadata=metadata or {},
        )
