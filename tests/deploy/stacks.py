"""Stacks that tests start from, deployed without make."""

from __future__ import annotations

from typing import Any

from local.settings import ROOT
from tests.deploy.imitation.imitation import Imitation
from tests.deploy.workspace import REGION

_CODE = "s3://artifacts/code"


def deploy(
    aws: Imitation,
    template: str,
    parameters: dict[str, str] | None = None,
    *,
    name: str = "stack",
    region: str = REGION,
    tags: dict[str, str] | None = None,
) -> Any:
    """Create or update a stack with a change set; return the change set's description."""
    client = aws.client("cloudformation", region)
    existing = aws.cloudformation(region).stack(name)
    created = client.create_change_set(
        StackName=name,
        ChangeSetName="change",
        ChangeSetType="UPDATE" if existing and existing.status != "REVIEW_IN_PROGRESS" else "CREATE",
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in (parameters or {}).items()
        ],
        Tags=[{"Key": key, "Value": value} for key, value in (tags or {}).items()],
        **_located(aws, template, region),
    )
    description = client.describe_change_set(ChangeSetName=created["Id"])
    if description["ExecutionStatus"] == "AVAILABLE":
        client.execute_change_set(ChangeSetName=created["Id"])
    return description


def project_template() -> str:
    """Return template.yaml as `sam package` writes it: with the code in a bucket."""
    text = (ROOT / "template.yaml").read_text()
    return text.replace("CodeUri: src/", f"CodeUri: {_CODE}").replace(
        "ContentUri: layers/imaging/", f"ContentUri: {_CODE}"
    )


def _located(aws: Imitation, template: str, region: str) -> dict[str, str]:
    if _CODE not in template:
        return {"TemplateBody": template}
    s3 = aws.client("s3", region)
    if "artifacts" not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
        s3.create_bucket(Bucket="artifacts", CreateBucketConfiguration={"LocationConstraint": region})
        s3.put_object(Bucket="artifacts", Key="code", Body=b"")
    s3.put_object(Bucket="artifacts", Key="template", Body=template.encode())
    return {"TemplateURL": f"{aws.url}/artifacts/template"}
