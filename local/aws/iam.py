"""The endpoint's callers and the IAM policies of their roles, enforced as the template states them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from local.template.names import ACCOUNT, ADMIN_KEY, ADMIN_SECRET, PARTITION, last_part, resources_by_name

if TYPE_CHECKING:
    from local.template.template import Template

_LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
# The AWS managed policies that SAM attaches to roles, from the AWS managed policy reference.
_MANAGED_POLICIES: dict[str, tuple[str, ...]] = {
    "AWSLambdaBasicExecutionRole": _LOGS,
    "AWSLambdaSQSQueueExecutionRole": (
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        *_LOGS,
    ),
    "AWSXrayWriteOnlyAccess": (
        "xray:PutTraceSegments",
        "xray:PutTelemetryRecords",
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:GetSamplingStatisticSummaries",
    ),
}
_SUPPORTED_ELEMENTS = {"Sid", "Effect", "Action", "Resource"}


class UnsupportedPolicy(Exception):
    """The template contains a role or policy that the local stack cannot enforce."""


@dataclass(frozen=True)
class Permission:
    """One action on one resource, as an IAM policy grants it."""

    action: str
    resource: str  # an ARN, or * for actions without a resource


@dataclass(frozen=True)
class Statement:
    """One action and one resource of an identity-based policy's statement, as patterns.

    In a pattern, * is any text and ? any single character.
    """

    allows: bool
    action: str
    resource: str

    def covers(self, permission: Permission) -> bool:
        return bool(
            self._action.fullmatch(permission.action) and self._resource.fullmatch(permission.resource)
        )

    @cached_property
    def _action(self) -> re.Pattern[str]:
        return _compile(self.action, re.IGNORECASE)

    @cached_property
    def _resource(self) -> re.Pattern[str]:
        return _compile(self.resource)


@dataclass(frozen=True)
class Grant:
    """An action and a resource that a function's role allows; both may be patterns."""

    function_id: str
    action: str
    resource: str


@dataclass(frozen=True)
class Caller:
    """The owner of an access key, and what its role allows."""

    access_key: str
    secret_key: str
    arn: str
    principal_id: str  # as in the userIdentity of S3 event records
    statements: tuple[Statement, ...] | None = None  # None: the stack's administrator, who may do anything
    # The permissions that requests required, by the statement that allowed them. moto keeps the objects and
    # items themselves in memory, so their names don't matter.
    uses: Mapping[Statement, set[Permission]] = field(default_factory=dict, compare=False)

    def denial_message(self, permissions: Sequence[Permission]) -> str | None:
        """Return AWS's message about the first missing permission of a request.

        Return None, and record the use of each permission, if the caller has all.
        """
        missing = next((permission for permission in permissions if not self._has(permission)), None)
        if missing is None:
            self._record(permissions)
            return None
        explicit = any(statement.covers(missing) for statement in self.statements or ())
        reason = (
            "with an explicit deny in an identity-based policy"
            if explicit
            else f"because no identity-based policy allows the {missing.action} action"
        )
        return (
            f"User: {self.arn} is not authorized to perform: {missing.action}"
            f" on resource: {missing.resource} {reason}"
        )

    def _has(self, permission: Permission) -> bool:
        if self.statements is None:
            return True
        effects = [statement.allows for statement in self.statements if statement.covers(permission)]
        return bool(effects) and all(effects)

    def _record(self, permissions: Iterable[Permission]) -> None:
        for permission in permissions:
            for statement, used in self.uses.items():
                if statement.covers(permission):
                    used.add(permission)


class Callers:
    """Everyone with an access key: the stack's administrator and the role of each function."""

    def __init__(self, template: Template, secret: bytes | None = None) -> None:
        """The functions' secret keys are derived from `secret`, or random. Raises UnsupportedPolicy."""
        secret = secret or secrets.token_bytes()
        admin = Caller(ADMIN_KEY, ADMIN_SECRET, f"arn:{PARTITION}:iam::{ACCOUNT}:root", ACCOUNT)
        roles = resources_by_name(template, "AWS::IAM::Role")
        self._functions = {
            function_id: _function_caller(function_id, last_part(properties["Role"]), roles, secret)
            for function_id, properties in template.resources("AWS::Lambda::Function").items()
        }
        self._by_access_key = {caller.access_key: caller for caller in (admin, *self._functions.values())}

    def find(self, access_key: str) -> Caller | None:
        return self._by_access_key.get(access_key)

    def for_function(self, function_id: str) -> Caller:
        return self._functions[function_id]

    def grants(self) -> dict[Grant, frozenset[Permission]]:
        """Return what the functions' roles allow, each with the permissions for which requests used it."""
        return {
            Grant(function_id, statement.action, statement.resource): frozenset(used)
            for function_id, caller in self._functions.items()
            for statement, used in caller.uses.items()
        }


def _function_caller(
    function_id: str, role_name: str, roles: Mapping[str, Mapping[str, Any]], secret: bytes
) -> Caller:
    if role_name not in roles:
        raise UnsupportedPolicy(f"The template does not define {role_name}, the role of {function_id}.")
    # Keys look like AWS's and are the same after a restart; secrets are, too, if `secret` is.
    digest = base64.b32encode(hashlib.sha256(function_id.encode()).digest()).decode()
    statements = tuple(_role_statements(function_id, roles[role_name]))
    return Caller(
        access_key=f"AKIA{digest[:16]}",
        secret_key=hmac.new(secret, function_id.encode(), hashlib.sha256).hexdigest()[:40],
        arn=f"arn:{PARTITION}:sts::{ACCOUNT}:assumed-role/{role_name}/{function_id}",
        principal_id=f"AROA{digest[:16]}:{function_id}",
        statements=statements,
        uses={statement: set() for statement in statements if statement.allows},
    )


def _role_statements(function_id: str, role: Mapping[str, Any]) -> Iterator[Statement]:
    for policy_arn in role.get("ManagedPolicyArns", []):
        name = last_part(policy_arn)
        if name not in _MANAGED_POLICIES:
            raise UnsupportedPolicy(f"The local stack doesn't support {name}, a policy of {function_id}.")
        yield from (Statement(True, action, "*") for action in _MANAGED_POLICIES[name])
    for policy in role.get("Policies", []):
        statements = policy["PolicyDocument"]["Statement"]
        for statement in statements if isinstance(statements, list) else [statements]:
            yield from _parse_statement(function_id, statement)


def _parse_statement(function_id: str, statement: Mapping[str, Any]) -> Iterator[Statement]:
    unsupported = sorted(set(statement) - _SUPPORTED_ELEMENTS)
    if unsupported:  # ignoring a Condition would grant more than the policy does
        raise UnsupportedPolicy(
            f"A policy of {function_id} uses {', '.join(unsupported)}, which the local stack can't enforce."
        )
    allows = statement["Effect"] == "Allow"
    for action in _as_list(statement["Action"]):
        for resource in _as_list(statement["Resource"]):
            yield Statement(allows, action, resource)


def _as_list(patterns: str | list[str]) -> list[str]:
    return [patterns] if isinstance(patterns, str) else patterns


def _compile(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    text = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(text, flags | re.DOTALL)
