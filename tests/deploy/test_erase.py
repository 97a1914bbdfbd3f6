"""make erase: everything about one person goes."""

from __future__ import annotations

import pytest

from common.auth import owner_name
from common.object_keys import owner_prefix
from tests.deploy.calls import changes
from tests.deploy.imitation.imitation import Imitation
from tests.deploy.stacks import deploy, project_template
from tests.deploy.workspace import REGION, Workspace

STACK = "image-recognition"
INPUT, OUTPUT = (f"{STACK}-{name}-123456789012-{REGION}" for name in ("input", "output"))
ADA, BOB = "ada@example.com", "bob@example.com"


@pytest.fixture
def pool(workspace: Workspace, aws: Imitation) -> str:
    """A stack with two people who have a picture each; return its user pool."""
    deploy(aws, project_template(), name=STACK)
    stack = aws.cloudformation(REGION).stack(STACK)
    assert stack is not None
    pool = stack.resources["UserPool"].physical_id
    for person in (ADA, BOB):
        attributes = [{"Name": "email", "Value": person}]
        cognito = aws.client("cognito-idp", REGION)
        cognito.admin_create_user(UserPoolId=pool, Username=person, UserAttributes=attributes)
        key = f"{owner_prefix(owner_name(sub(aws, pool, person)))}picture"
        for bucket in (INPUT, OUTPUT):
            aws.client("s3", REGION).put_object(Bucket=bucket, Key=key, Body=b"")
    return pool


def sub(aws: Imitation, pool: str, person: str) -> str:
    user = aws.client("cognito-idp", REGION).admin_get_user(UserPoolId=pool, Username=person)
    return next(str(entry["Value"]) for entry in user["UserAttributes"] if entry["Name"] == "sub")


def people(aws: Imitation, pool: str) -> list[str]:
    users = aws.client("cognito-idp", REGION).list_users(UserPoolId=pool)["Users"]
    return [entry["Value"] for user in users for entry in user["Attributes"] if entry["Name"] == "email"]


def test_erases_one_person(workspace: Workspace, aws: Imitation, pool: str) -> None:
    kept = owner_prefix(owner_name(sub(aws, pool, BOB)))
    stack = aws.cloudformation(REGION).stack(STACK)
    assert stack is not None
    table = stack.resources["CatalogTable"].physical_id
    completed = workspace.make("erase", f"OWNER={ADA}", answer="yes\n")
    assert completed.code == 0, completed.output
    assert changes(aws.calls) == [
        f"cognito-idp AdminDisableUser {pool}",
        f"cognito-idp AdminUserGlobalSignOut {pool}",
        f"dynamodb PutItem {table}",  # the note that keeps earlier events from undoing it
        f"s3 DeleteObjects {INPUT}",
        f"s3 DeleteObjects {OUTPUT}",
        f"cognito-idp AdminDeleteUser {pool}",
    ]
    assert people(aws, pool) == [BOB]
    for bucket in (INPUT, OUTPUT):
        found = aws.client("s3", REGION).list_objects_v2(Bucket=bucket)["Contents"]
        assert [entry["Key"] for entry in found] == [f"{kept}picture"]


def test_erases_nothing_if_nobody_can_answer(workspace: Workspace, aws: Imitation, pool: str) -> None:
    completed = workspace.make("erase", f"OWNER={ADA}")
    assert completed.code != 0
    assert (
        "Nobody answered, so nothing was changed. "
        f"To answer without a terminal: echo yes | make erase OWNER={ADA}\n"
    ) in completed.output
    assert ("Traceback" in completed.output, changes(aws.calls), people(aws, pool)) == (False, [], [ADA, BOB])
