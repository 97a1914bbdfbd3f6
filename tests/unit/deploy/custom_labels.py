"""Rekognition's projects, each with one version; what is asked of it is done when it is looked at again."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tests.unit.deploy.support import REGION, STACK

if TYPE_CHECKING:
    from collections.abc import Mapping

_NEXT = {"STARTING": "RUNNING", "STOPPING": "STOPPED"}


def project_arn(model_id: str, stack: str = STACK) -> str:
    return f"arn:aws:rekognition:{REGION}:123456789012:project/{stack}-{model_id}/1"


class CustomLabels:
    """The answers to a session's calls. `calls` has those that change something, with the model's id."""

    def __init__(self) -> None:
        self.versions: dict[str, str | None] = {}  # status by the project's ARN; None if it is deleted
        self.calls: list[tuple[str, str]] = []
        self.error: str | None = None  # the code of every answer

    def __call__(self, model: Any, params: Mapping[str, Any], **_: object) -> tuple[Any, dict[str, Any]]:
        """Answer a call, as a handler of botocore's event `before-call`."""
        if self.error:
            error: Any = {
                "Error": {"Code": self.error, "Message": "No."},
                "ResponseMetadata": {"HTTPStatusCode": 400},
            }
            raise ClientError(error, model.name)
        given: dict[str, str] = json.loads(params["body"])
        answer = getattr(self, f"_{model.name}")(given)
        return SimpleNamespace(status_code=200), answer or {}

    def _DescribeProjects(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        names = given.get("ProjectNames")
        arns = [arn for arn in self.versions if not names or arn.split("/")[1] in names]
        return {"ProjectDescriptions": [{"ProjectArn": arn, "Status": "CREATED"} for arn in arns]}

    def _DescribeProjectVersions(self, given: Mapping[str, str]) -> dict[str, Any]:  # noqa: N802
        arn = given["ProjectArn"]
        if not (status := self.versions.get(arn)):
            return {"ProjectVersionDescriptions": []}
        self.versions[arn] = _NEXT.get(status, status)
        return {"ProjectVersionDescriptions": [{"ProjectVersionArn": arn, "Status": status}]}

    def _StopProjectVersion(self, given: Mapping[str, str]) -> None:  # noqa: N802
        self._change("stop", given["ProjectVersionArn"], "STOPPING")

    def _DeleteProjectVersion(self, given: Mapping[str, str]) -> None:  # noqa: N802
        self._change("delete", given["ProjectVersionArn"], None)

    def _DeleteProject(self, given: Mapping[str, str]) -> None:  # noqa: N802
        self.calls.append(("delete project", _model_id(given["ProjectArn"])))
        del self.versions[given["ProjectArn"]]

    def _change(self, call: str, arn: str, status: str | None) -> None:
        self.calls.append((call, _model_id(arn)))
        self.versions[arn] = status


def _model_id(arn: str) -> str:
    return arn.split("/")[1].rpartition("-")[2]
