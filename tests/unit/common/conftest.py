from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from common.storage import Storage

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def storage() -> Iterator[Storage]:
    """A storage with the bucket "images"."""
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="images")
        yield Storage.from_env()
