"""The objects that Rekognition reads and writes, with the permissions of its caller."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from local.aws.http import S3Resource
from local.aws.iam import Permission
from local.rekognition.errors import ObjectUnreadable, ObjectUnwritable

if TYPE_CHECKING:
    from local.aws.iam import Callers
    from local.aws.moto_apps import Moto
    from local.aws.object_store import ObjectStore

# What the caller needs for a dataset's bucket and for each object in it:
# https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/su-console-policy.html
_DATASET_BUCKET_ACTIONS = ("s3:GetBucketAcl", "s3:GetBucketLocation")
_DATASET_OBJECT_ACTIONS = ("s3:GetObject", "s3:GetObjectAcl", "s3:GetObjectTagging", "s3:GetObjectVersion")


class RekognitionObjects:
    """Reads raise ObjectUnreadable, and writes raise ObjectUnwritable."""

    def __init__(self, callers: Callers, moto: Moto, objects: ObjectStore) -> None:
        self._callers = callers
        self._moto = moto
        self._objects = objects

    def read_image(self, bucket: str, key: str, version: str | None, access_key: str) -> bytes:
        """Read an image to analyze."""
        action = "s3:GetObject" if version is None else "s3:GetObjectVersion"
        return self._read(bucket, key, version, access_key, lambda it: [Permission(action, it.arn)])

    def read_dataset(self, bucket: str, key: str, version: str | None, access_key: str) -> bytes:
        """Read a manifest, or an image of a dataset."""
        return self._read(bucket, key, version, access_key, _dataset_permissions)

    def write(self, bucket: str, key: str, content: bytes, access_key: str) -> None:
        """Put a result of a training."""
        resource = S3Resource(bucket, quote(key))
        if not self._is_allowed(access_key, [Permission("s3:PutObject", resource.arn)]):
            raise ObjectUnwritable(f"{bucket}/{key}")
        if self._moto.call_s3("PUT", resource, body=content).status != HTTPStatus.OK:
            raise ObjectUnwritable(f"{bucket}/{key}")
        with self._objects.saving(bucket, [key]):
            pass

    def _read(
        self,
        bucket: str,
        key: str,
        version: str | None,
        access_key: str,
        permissions: Callable[[S3Resource], Sequence[Permission]],
    ) -> bytes:
        resource = S3Resource(bucket, quote(key))
        if not self._is_allowed(access_key, permissions(resource)):
            raise ObjectUnreadable(f"{bucket}/{key}")
        query = "" if version is None else f"versionId={version}"
        response = self._moto.call_s3("GET", resource, query)
        if response.status != HTTPStatus.OK:
            raise ObjectUnreadable(f"{bucket}/{key}")
        return response.body

    def _is_allowed(self, access_key: str, permissions: Sequence[Permission]) -> bool:
        caller = self._callers.find(access_key)
        return caller is not None and caller.denial_message(permissions) is None


def _dataset_permissions(resource: S3Resource) -> list[Permission]:
    return [
        *(Permission(action, resource.bucket_arn) for action in _DATASET_BUCKET_ACTIONS),
        *(Permission(action, resource.arn) for action in _DATASET_OBJECT_ACTIONS),
    ]
