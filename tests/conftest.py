"""Set-up for all tests: fake credentials, so that no test can reach a real account; Hypothesis; the stack."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from moto.core.config import default_user_config

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
    METRICS_NAMESPACE="image-recognition",
)
os.environ.pop("AWS_PROFILE", None)
os.environ.pop("AWS_ENDPOINT_URL", None)

# One boto3 session for all tests: it parses the model of each service once. moto would replace it.
default_user_config["core"]["reset_boto3_session"] = False

settings.register_profile("no-deadline", deadline=None)  # examples can be slow on a busy machine
settings.load_profile("no-deadline")


PARAMETERS = {"TrainModels": "true", "WhenModelStopped": "wait"}


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The local stack, shared by all tests of a run.

    People can train models, and pictures wait for them. It retries at once instead of after a delay.
    Schedules don't run: they would recover images whose event a test holds back.
    """
    from local.stack import Stack  # slow to import, and most tests don't need it

    with Stack(parameters=PARAMETERS, speedup=1200, schedules=False) as running:
        yield running
