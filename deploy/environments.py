"""The environments of samconfig.toml and their stacks."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

ROOT = Path(__file__).resolve().parent.parent


class UnknownEnvironment(Exception):
    """samconfig.toml has no stack for this environment; the message lists the ones it has."""


def stack_name(environment: str, samconfig: Path = ROOT / "samconfig.toml") -> str:
    """Return the name of an environment's stack. Raises UnknownEnvironment if it has none."""
    names = {
        name: section["global"]["parameters"]["stack_name"]
        for name, section in tomllib.loads(samconfig.read_text()).items()
        if isinstance(section, dict) and "stack_name" in section.get("global", {}).get("parameters", {})
    }
    if environment not in names:
        raise UnknownEnvironment(
            f"samconfig.toml has no environment {environment!r}: use {', '.join(names)}."
        )
    return str(names[environment])


def stack_outputs(client: CloudFormationClient, stack: str) -> dict[str, str]:
    """Return a stack's outputs by key. Raises botocore's ClientError if the stack doesn't exist."""
    (description,) = client.describe_stacks(StackName=stack)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in description.get("Outputs", [])}
