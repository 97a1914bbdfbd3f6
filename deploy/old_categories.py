"""The categories of labels that a version without categories has found, read from results."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from catalog.label_categories import categories_of
from common.object_keys import result_key, upload_key

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from catalog.label_categories import LabelCategories
    from catalog.records import ImageRecord


class OldCategories:
    """Adds the categories of records' labels. One result has those of all its labels, so few are read."""

    def __init__(self, s3: S3Client, output_bucket: str, categories: LabelCategories) -> None:
        self._s3 = s3
        self._output_bucket = output_bucket
        self._categories = categories
        self._looked_up = set[str]()

    def add(self, record: ImageRecord) -> None:
        """Add the categories of a record's labels, if some weren't looked up yet. Raises ClientError."""
        names = {label.name for label in record.labels} - self._looked_up
        if names <= self._categories.find(names).keys():
            return
        key = result_key(upload_key(record.owner, record.id))
        try:
            body = self._s3.get_object(Bucket=self._output_bucket, Key=key)["Body"].read()
        except self._s3.exceptions.NoSuchKey:
            return
        self._looked_up |= names
        self._categories.add(categories_of(json.loads(body).get("Labels", ())))
