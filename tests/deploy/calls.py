"""Calls of a rehearsal, in a form that tests can compare."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from tests.deploy.imitation.calls import Call

_READS = (
    *("AdminGet", "BatchGet", "Describe", "Get", "Head", "List", "Query", "ReceiveMessage", "Scan"),
    *("CreateMultipartUpload", "UploadPart"),
)
_RELEASE = re.compile(r"/[0-9a-f]{16}/.*")


def changes(calls: Iterable[Call]) -> list[str]:
    """Return the calls that change something, such as "s3 PutObject bucket/key"; repetitions count once.

    The files of a release of the page count as one, and so do those that SAM CLI uploads.
    """
    summaries = [summary(call) for call in calls if not call.operation.startswith(_READS)]
    return [entry for entry, _ in groupby(summaries)]


def summary(call: Call) -> str:
    parameters, operation = call.parameters, call.operation
    names = ("StackName", "UserPoolId", "SourceArn", "TableName", "Bucket")
    target = next((str(parameters[name]) for name in names if name in parameters), "")
    if target.startswith("aws-sam-cli-managed-default-"):
        return "SAM CLI uploads"
    if target.startswith("arn:aws:cloudformation:"):
        target = target.split("/")[1]
    if "Key" in parameters:
        target = _RELEASE.sub("/RELEASE", f"{target}/{parameters['Key']}")
    return f"{call.service} {operation} {target}".strip()


def regions(calls: Iterable[Call]) -> set[str]:
    return {call.region for call in calls}
