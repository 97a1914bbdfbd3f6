"""Who calls, and what the role's policies in the template let them do."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local.aws.resources import Template
from local.template.names import ACCOUNT, ADMIN_KEY, ADMIN_SECRET, PARTITION, last_part

_LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
# AWS's own policies that SAM gives to roles, as AWS documents them.
_MANAGED: dict[str, tuple[str, ...]] = {
    "AWSLambdaBasicExecutionRole": _LOGS,
    "AWSLambdaSQSQueueExecutionRole": (
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        *_LOGS,
    ),
    "AWSXRayDaemonWriteAccess": ("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
    "AWSXrayWriteOnlyAccess": ("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
}
_UNDERSTOOD = {"Sid", "Effect", "Action", "Resource"}


class UnsupportedPolicy(Exception):
    """The template grants something in a way that this machine cannot enforce."""


@dataclass(frozen=True)
class Permission:
    """One permission that a request needs."""

    action: str
    resource: str


@dataclass(frozen=True)
class Statement:
    allows: bool
    actions: re.Pattern[str]
    resources: re.Pattern[str]

    def covers(self, permission: Permission) -> bool:
        return bool(
            self.actions.fullmatch(permission.action) and self.resources.fullmatch(permission.resource)
        )


@dataclass(frozen=True)
class Caller:
    access_key: str
    secret_key: str
    arn: str
    principal: str  # as event records name it
    statements: tuple[Statement, ...] | None = None  # None: may do anything

    def may(self, permission: Permission) -> bool:
        if self.statements is None:
            return True
        matching = [statement.allows for statement in self.statements if statement.covers(permission)]
        return bool(matching) and all(matching)

    def refusal(self, permissions: Iterable[Permission]) -> str | None:
        """Say what is lacking, in AWS's words; None when nothing is."""
        lacking = next((permission for permission in permissions if not self.may(permission)), None)
        if lacking is None:
            return None
        denied = any(statement.covers(lacking) for statement in self.statements or ())
        cause = (
            "with an explicit deny in an identity-based policy"
            if denied
            else f"because no identity-based policy allows the {lacking.action} action"
        )
        return (
            f"User: {self.arn} is not authorized to perform: {lacking.action}"
            f" on resource: {lacking.resource} {cause}"
        )


class Callers:
    """Everybody that the endpoint knows: the stack's owner, and each function's role."""

    def __init__(self, template: Template) -> None:
        owner = Caller(ADMIN_KEY, ADMIN_SECRET, f"arn:{PARTITION}:iam::{ACCOUNT}:root", ACCOUNT)
        roles = template.resources("AWS::IAM::Role")
        self._functions = {
            function_id: _function_caller(function_id, last_part(properties["Role"]), roles)
            for function_id, properties in template.resources("AWS::Lambda::Function").items()
        }
        self._by_key = {caller.access_key: caller for caller in (owner, *self._functions.values())}

    def with_key(self, access_key: str) -> Caller | None:
        return self._by_key.get(access_key)

    def of_function(self, function_id: str) -> Caller:
        return self._functions[function_id]


def _function_caller(function_id: str, role_name: str, roles: Mapping[str, Mapping[str, Any]]) -> Caller:
    named = {role.get("RoleName", role_id): role for role_id, role in roles.items()} | dict(roles)
    if role_name not in named:
        raise UnsupportedPolicy(f"The template does not describe {role_name}, the role of {function_id}.")
    # The key tells functions apart and looks like AWS's; the secret is new with every start.
    digest = base64.b32encode(hashlib.sha256(function_id.encode()).digest()).decode()
    return Caller(
        access_key=f"AKIA{digest[:16]}",
        secret_key=secrets.token_urlsafe(30),
        arn=f"arn:{PARTITION}:sts::{ACCOUNT}:assumed-role/{role_name}/{function_id}",
        principal=f"AROA{digest[:16]}:{function_id}",
        statements=tuple(_statements(function_id, named[role_name])),
    )


def _statements(function_id: str, role: Mapping[str, Any]) -> Iterable[Statement]:
    for policy_arn in role.get("ManagedPolicyArns", []):
        name = last_part(policy_arn)
        if name not in _MANAGED:
            raise UnsupportedPolicy(f"The local stack does not know {name}, a policy of {function_id}.")
        yield Statement(True, _patterns(_MANAGED[name], re.IGNORECASE), _patterns("*"))
    for policy in role.get("Policies", []):
        listed = policy["PolicyDocument"]["Statement"]
        for statement in listed if isinstance(listed, list) else [listed]:
            yield _statement(function_id, statement)


def _statement(function_id: str, written: Mapping[str, Any]) -> Statement:
    unknown = sorted(set(written) - _UNDERSTOOD)
    if unknown:  # half a statement enforced would be worse than none
        raise UnsupportedPolicy(
            f"A policy of {function_id} uses {', '.join(unknown)}, which the local stack cannot enforce."
        )
    return Statement(
        allows=written["Effect"] == "Allow",
        actions=_patterns(written["Action"], re.IGNORECASE),
        resources=_patterns(written["Resource"]),
    )


def _patterns(written: str | Iterable[str], flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """Make one pattern of IAM's, in which * is any text and ? any one character."""
    texts = [written] if isinstance(written, str) else list(written)
    parts = [re.escape(text).replace(r"\*", ".*").replace(r"\?", ".") for text in texts]
    return re.compile("|".join(f"(?:{part})" for part in parts), flags | re.DOTALL)
