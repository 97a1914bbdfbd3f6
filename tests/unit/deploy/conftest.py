from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from moto import mock_aws

from tests.unit.deploy.people import People
from tests.unit.deploy.support import REGION

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[People]:
    """The stack; people sign in with its user pool, unless the test's parameter for it is False."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setattr("deploy.queues.WAIT_SECONDS", 0)
    with mock_aws():
        people = People(uses_user_pool=getattr(request, "param", True))
        monkeypatch.setattr("deploy.erase.stack_resources", people.resources)
        yield people
