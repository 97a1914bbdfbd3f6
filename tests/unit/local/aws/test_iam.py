"""Roles and policies of the template: what cannot be enforced is an error."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from local import __main__ as run
from local.aws.iam import Callers, Grant, Permission, Statement, UnsupportedPolicy

STATEMENT = {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*", "Condition": {}}


@pytest.mark.parametrize(
    ("roles", "message"),
    [
        ({"Other": {}}, "The template does not define Role, the role of F."),
        (
            {"Role": {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}},
            "The local stack doesn't support AdministratorAccess, a policy of F.",
        ),
        (
            {"Role": {"Policies": [{"PolicyDocument": {"Statement": STATEMENT}}]}},
            "A policy of F uses Condition, NotAction, which the local stack can't enforce.",
        ),
    ],
)
def test_rejects_a_policy_that_cannot_be_enforced(template_of: Any, roles: Any, message: str) -> None:
    functions = {"F": {"Role": "arn:aws:iam::123456789012:role/Role"}}
    template = template_of({"AWS::Lambda::Function": functions, "AWS::IAM::Role": roles})
    with pytest.raises(UnsupportedPolicy) as raised:
        Callers(template)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("resource", "is_covered"),
    [("model-ab/1", True), ("model-a/1", False), ("model-abc/1", False), ("model-ab", False)],
)
def test_a_question_mark_is_one_character(resource: str, is_covered: bool) -> None:
    statement = Statement(True, "s3:GetObject", "model-??/*")
    assert statement.covers(Permission("s3:GetObject", resource)) == is_covered


def test_records_which_grants_requests_use(template_of: Any) -> None:
    bucket = "arn:aws:s3:::bucket"
    policy = [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": [f"{bucket}/*", f"{bucket}/a/*"]},
        {"Effect": "Allow", "Action": ["sqs:Send*", "sqs:DeleteMessage"], "Resource": "queue"},
        {"Effect": "Deny", "Action": "s3:*", "Resource": f"{bucket}/secret"},
    ]
    functions = {"F": {"Role": "arn:aws:iam::123456789012:role/Role"}}
    roles = {"Role": {"Policies": [{"PolicyDocument": {"Statement": policy}}]}}
    callers = Callers(template_of({"AWS::Lambda::Function": functions, "AWS::IAM::Role": roles}))
    caller = callers.for_function("F")
    read, send = Permission("s3:GetObject", f"{bucket}/a/b"), Permission("sqs:SendMessage", "queue")
    assert caller.denial_message([read, send]) is None
    # refused requests use nothing, not even the permissions that the caller has
    assert caller.denial_message([Permission("sqs:DeleteMessage", "queue"), Permission("s3:Put", bucket)])
    assert caller.denial_message([Permission("s3:GetObject", f"{bucket}/secret")])
    assert callers.grants() == {
        Grant("F", "s3:GetObject", f"{bucket}/*"): {read},
        Grant("F", "s3:GetObject", f"{bucket}/a/*"): {read},
        Grant("F", "sqs:Send*", "queue"): {send},
        Grant("F", "sqs:DeleteMessage", "queue"): set(),
    }


def test_make_run_explains_an_unsupported_policy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_: Any) -> None:
        raise UnsupportedPolicy("This policy isn't supported.")

    monkeypatch.setattr(run, "Stack", fail)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    assert run.main() == 1
    assert capsys.readouterr().err == "This policy isn't supported.\n"
