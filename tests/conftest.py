"""Fake credentials before anything else: no test can reach a real account."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.stack import Stack

os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_SESSION_TOKEN="testing",
    AWS_DEFAULT_REGION="us-east-1",
    AWS_REGION="us-east-1",
    AWS_EC2_METADATA_DISABLED="true",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
)
os.environ.pop("AWS_PROFILE", None)
os.environ.pop("AWS_ENDPOINT_URL", None)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The local stack, one for all tests that need it; it tries again at once where AWS waits."""
    from local.stack import Stack  # slow to import, and most tests need none

    with Stack(retry_delays=(0.05, 0.05), visibility_seconds=0) as running:
        yield running
