"""The environments of samconfig.toml, and the stacks that they name."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

ROOT = Path(__file__).resolve().parent.parent


class UnknownEnvironment(Exception):
    """samconfig.toml has no stack of that name; the message lists those it has."""


def stack_name(environment: str, samconfig: Path = ROOT / "samconfig.toml") -> str:
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


def outputs(client: CloudFormationClient, stack: str) -> dict[str, str]:
    """The stack's outputs by their keys. Raises botocore's ClientError where there is no such stack."""
    (description,) = client.describe_stacks(StackName=stack)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in description.get("Outputs", [])}
