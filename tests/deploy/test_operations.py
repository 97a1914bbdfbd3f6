"""Alarms, budget and dashboard: they come and go with their parameters, and the rest of the stack stays."""

from __future__ import annotations

from collections import Counter

from tests.deploy.imitation.imitation import Imitation
from tests.deploy.stacks import deploy, project_template
from tests.deploy.workspace import REGION

OPTIONS = {"AlarmEmail": "operations@example.com", "MonthlyBudget": "100", "Dashboard": "true"}
TYPES = ("AWS::CloudWatch::", "AWS::SNS::", "AWS::Budgets::")


def watching(aws: Imitation) -> Counter[str]:
    """Count the stack's resources of each type that watches it."""
    stack = aws.cloudformation(REGION).stack("stack")
    assert stack is not None
    return Counter(entry.type for entry in stack.resources.values() if entry.type.startswith(TYPES))


def status(aws: Imitation) -> str:
    stack = aws.cloudformation(REGION).stack("stack")
    assert stack is not None
    return stack.status


def test_what_watches_the_stack_comes_and_goes_with_its_parameters(aws: Imitation) -> None:
    deploy(aws, project_template())
    assert watching(aws) == Counter()
    deploy(aws, project_template(), OPTIONS)
    found = watching(aws)
    assert found.pop("AWS::CloudWatch::Alarm") > 0
    assert found == Counter(
        ["AWS::SNS::Topic", "AWS::SNS::Subscription", "AWS::Budgets::Budget", "AWS::CloudWatch::Dashboard"]
    )
    deploy(aws, project_template())
    assert (watching(aws), status(aws)) == (Counter(), "UPDATE_COMPLETE")


def test_another_address_replaces_the_subscription_and_the_budget(aws: Imitation) -> None:
    deploy(aws, project_template(), OPTIONS)
    changed = deploy(aws, project_template(), OPTIONS | {"AlarmEmail": "others@example.com"})
    assert {
        (change["ResourceChange"]["LogicalResourceId"], change["ResourceChange"]["Replacement"])
        for change in changed["Changes"]
    } == {("AlarmSubscription", "True"), ("MonthlySpending", "True")}
    assert status(aws) == "UPDATE_COMPLETE"


def test_the_stack_is_deleted_with_everything_that_watches_it(aws: Imitation) -> None:
    deploy(aws, project_template(), OPTIONS)
    aws.client("cloudformation", REGION).delete_stack(StackName="stack")
    stacks = aws.client("cloudformation", REGION).list_stacks()["StackSummaries"]
    assert [stack["StackStatus"] for stack in stacks] == ["DELETE_COMPLETE"]
