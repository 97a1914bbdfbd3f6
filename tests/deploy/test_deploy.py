"""make deploy: the stack and the page, once and again."""

from __future__ import annotations

import json
from typing import Any

from local.site.bundle.publication import page_files, publish
from tests.deploy.calls import changes, regions
from tests.deploy.imitation.errors import AwsError
from tests.deploy.imitation.imitation import Imitation
from tests.deploy.stacks import deploy, project_template
from tests.deploy.workspace import REGION, Workspace

STACK = "image-recognition-dev"  # whose changes need no confirmation
SITE = f"{STACK}-site-123456789012-{REGION}"
ORIGIN = "https://pictures.example.com"
CHANGE_SET = f"cloudformation CreateChangeSet {STACK}"
EXECUTION = f"cloudformation ExecuteChangeSet {STACK}"
NO_CHANGES = f"No changes to deploy. Stack {STACK} is up to date"
PUBLICATION = [
    f"s3 PutObject {SITE}/RELEASE",
    f"s3 PutObject {SITE}/index.html",
    "cloudfront CreateInvalidation",
    f"s3 PutObject {SITE}/index.html",  # its metadata say that the caches are invalidated
]


def outputs(aws: Imitation, stack: str = STACK, region: str = REGION) -> dict[str, str]:
    (found,) = aws.client("cloudformation", region).describe_stacks(StackName=stack)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}


def keys(aws: Imitation, bucket: str = SITE) -> list[str]:
    found = aws.client("s3", REGION).list_objects_v2(Bucket=bucket).get("Contents", [])
    return [entry["Key"] for entry in found]


def config(aws: Imitation) -> Any:
    return json.load(aws.client("s3", REGION).get_object(Bucket=SITE, Key="config.json")["Body"])


def test_deploys_then_changes_nothing_then_only_the_page(workspace: Workspace, aws: Imitation) -> None:
    first = workspace.make("deploy", "ENV=dev")
    assert first.code == 0, first.output
    found = outputs(aws)
    assert f"Region: {REGION} (from AWS_REGION)\n" in first.output
    assert f"Successfully created/updated stack - {STACK} in {REGION}\n" in first.output
    assert f"The page is at {found['SiteUrl']}\n" in first.output
    assert "Invite people with: make user ENV=dev EMAIL=person@example.com\n" in first.output
    assert changes(aws.calls) == [
        "cloudformation CreateChangeSet aws-sam-cli-managed-default",
        "cloudformation ExecuteChangeSet aws-sam-cli-managed-default",
        "SAM CLI uploads",
        CHANGE_SET,
        EXECUTION,
        PUBLICATION[0],
        f"s3 PutObject {SITE}/config.json",
        *PUBLICATION[1:],
    ]
    assert regions(aws.calls) == {REGION}
    assert config(aws) == {
        "apiUrl": found["ApiUrl"],
        "signIn": {
            "issuer": found["SignInIssuer"],
            "clientId": found["SignInClientId"],
            "commandLineClientId": found["CommandLineClientId"],
        },
        "models": False,
    }
    published = keys(aws)
    sources = {name: path.read_bytes() for name, path in page_files(workspace.folder / "web").items()}
    assert len(published) == len(publish(sources, (), "")) + 1  # and config.json

    aws.calls.clear()
    second = workspace.make("deploy", "ENV=dev")
    assert (second.code, NO_CHANGES in second.output) == (0, True), second.output
    assert f"The page is at {found['SiteUrl']} (no changes)\n" in second.output
    assert changes(aws.calls) == [CHANGE_SET]
    assert keys(aws) == published

    aws.calls.clear()
    workspace.replace("web/index.html", "<title>", "<title>New: ")
    third = workspace.make("deploy", "ENV=dev")
    assert (third.code, NO_CHANGES in third.output) == (0, True), third.output
    assert third.output.endswith(
        f"The page is at {found['SiteUrl']}\nInvite people with: make user ENV=dev EMAIL=person@example.com\n"
    )
    assert changes(aws.calls) == [CHANGE_SET, *PUBLICATION]
    index = aws.client("s3", REGION).get_object(Bucket=SITE, Key="index.html")["Body"].read().decode()
    assert "<title>New: " in index
    assert set(published) < set(keys(aws))  # open pages still load files of the former release


def test_publication_that_failed_is_completed_by_the_next_deployment(
    workspace: Workspace, aws: Imitation
) -> None:
    denied = AwsError("AccessDenied", "No permission")
    aws.refuse_once("s3", "PutObject", denied, Key="index.html")
    first = workspace.make("deploy", "ENV=dev")
    assert first.code != 0
    assert "The AWS credentials don't permit PutObject: No permission.\n" in first.output
    assert ("Traceback" in first.output, "index.html" in keys(aws)) == (False, False)

    aws.calls.clear()
    aws.refuse_once("cloudfront", "CreateInvalidation", denied)
    second = workspace.make("deploy", "ENV=dev")
    assert second.code != 0
    assert "The AWS credentials don't permit CreateInvalidation: No permission.\n" in second.output
    assert changes(aws.calls) == [CHANGE_SET, *PUBLICATION[:3]]

    aws.calls.clear()
    third = workspace.make("deploy", "ENV=dev")
    assert (third.code, "(no changes)" in third.output) == (0, False), third.output
    assert changes(aws.calls) == [CHANGE_SET, *PUBLICATION[2:]]


def test_declined_changes_are_not_deployed(workspace: Workspace, aws: Imitation) -> None:
    completed = workspace.make("deploy", answer="n\n")
    assert completed.code != 0
    assert "The changes were declined. Neither they nor the page were deployed.\n" in completed.output
    assert changes(aws.calls)[3:] == [
        "cloudformation CreateChangeSet image-recognition",
        "cloudformation DeleteChangeSet",
    ]
    accepted = workspace.make("deploy", answer="y\n")
    assert accepted.code == 0, accepted.output
    assert outputs(aws, "image-recognition")["SiteUrl"] in accepted.output


def test_says_how_to_deploy_without_a_terminal(workspace: Workspace, aws: Imitation) -> None:
    completed = workspace.make("deploy")  # in an environment that asks
    assert completed.code != 0
    assert (
        "The stack wasn't deployed, for the reason above. The page wasn't published.\n"
        "There is no terminal to confirm the changes. Add CONFIRM=no to deploy.\n"
    ) in completed.output
    assert "Traceback" not in completed.output
    assert changes(aws.calls)[3:] == ["cloudformation CreateChangeSet image-recognition"]


def test_page_of_another_origin(workspace: Workspace, aws: Imitation) -> None:
    completed = workspace.make("deploy", "ENV=dev", f"SET=PageOrigin={ORIGIN}")
    assert completed.code == 0, completed.output
    found = outputs(aws)
    assert found["SiteUrl"] == ORIGIN
    assert {"SiteBucketName", "SiteDistributionId"}.isdisjoint(found)
    assert json.loads((workspace.folder / "build" / "dev" / "page" / "config.json").read_text()) == {
        "apiUrl": found["ApiUrl"],
        "signIn": {
            "issuer": found["SignInIssuer"],
            "clientId": found["SignInClientId"],
            "commandLineClientId": found["CommandLineClientId"],
        },
        "models": False,
    }
    assert f"Copy the files in build/dev/page to {ORIGIN}.\n" in completed.output
    assert changes(aws.calls) == [
        "cloudformation CreateChangeSet aws-sam-cli-managed-default",
        "cloudformation ExecuteChangeSet aws-sam-cli-managed-default",
        "SAM CLI uploads",
        CHANGE_SET,
        EXECUTION,
    ]
    assert {call.service for call in aws.calls} == {"cloudformation", "s3"}


def test_site_of_the_stack_is_removed_when_another_origin_serves_the_page(
    workspace: Workspace, aws: Imitation
) -> None:
    deploy(aws, project_template(), name=STACK)
    aws.client("s3", REGION).put_object(Bucket=SITE, Key="index.html", Body=b"")
    completed = workspace.make("deploy", "ENV=dev", f"SET=PageOrigin={ORIGIN}")
    assert completed.code == 0, completed.output
    buckets = [bucket["Name"] for bucket in aws.client("s3", REGION).list_buckets()["Buckets"]]
    distributions = aws.client("cloudfront", REGION).list_distributions()["DistributionList"]["Quantity"]
    assert (SITE in buckets, distributions) == (False, 0)
