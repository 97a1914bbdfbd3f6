"""What is said about the update of a stack that hasn't succeeded."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import WaiterError

from deploy.errors import DeploymentError
from deploy.stack import Stack
from deploy.stack_update import change_parameter
from deploy.target import Target
from tests.unit.deploy.support import REGION, STACK, make_target

if TYPE_CHECKING:
    from collections.abc import Mapping


class CloudFormation:
    """A client of CloudFormation in which an update stops at a status."""

    def __init__(self, status: str) -> None:
        self.status = status

    def describe_stacks(self, **_: str) -> Mapping[str, Any]:
        return {"Stacks": [{"StackStatus": self.status}]}

    def create_change_set(self, **_: Any) -> Mapping[str, str]:
        return {"Id": "change-set"}

    def execute_change_set(self, **_: str) -> None:
        pass

    def describe_stack_events(self, **_: str) -> Mapping[str, Any]:
        event = {"ResourceStatus": "UPDATE_FAILED", "ResourceStatusReason": "Rate exceeded"}
        return {"StackEvents": [event]}

    def get_waiter(self, name: str) -> Any:
        return SimpleNamespace(wait=self._fail if name == "stack_update_complete" else lambda **_: None)

    def _fail(self, **_: Any) -> None:
        raise WaiterError("stack_update_complete", "Max attempts exceeded", {})


def update(status: str) -> None:
    """Update a stack until it isn't waited for any longer."""
    client: Any = CloudFormation(status)
    session: Any = SimpleNamespace(client=lambda _: client)
    target = Target(make_target().environment, session, REGION, "the test")
    stack = Stack("id", STACK, "CREATE_COMPLETE", {"ProgramAudiences": ""}, {})
    change_parameter(target, stack, "ProgramAudiences", "4k1")


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (
            "UPDATE_IN_PROGRESS",
            "The update of the stack pictures takes longer than 15 minutes (UPDATE_IN_PROGRESS). "
            "When it has ended, run the same command again: it does what is left.",
        ),
        (
            "UPDATE_ROLLBACK_IN_PROGRESS",
            "The update of the stack pictures takes longer than 15 minutes (UPDATE_ROLLBACK_IN_PROGRESS). "
            "When it has ended, run the same command again: it does what is left.",
        ),
        (
            "UPDATE_ROLLBACK_COMPLETE",
            "The update of the stack pictures failed, and the stack is as before: Rate exceeded. "
            "Run the same command again.",
        ),
        (
            "UPDATE_ROLLBACK_FAILED",
            "The update of the stack pictures failed, and its status is UPDATE_ROLLBACK_FAILED: "
            "Rate exceeded. Run the same command again.",
        ),
    ],
)
def test_says_how_far_an_update_came(status: str, sentence: str) -> None:
    with pytest.raises(DeploymentError) as caught:
        update(status)
    assert str(caught.value) == sentence


def test_an_update_may_end_while_it_is_looked_at() -> None:
    update("UPDATE_COMPLETE")
