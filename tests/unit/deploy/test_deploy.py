"""A deployment: the checks before it, what SAM CLI gets, and what happens to the page after it.

SAM CLI is replaced by a recorder that creates the stack in moto.
"""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from moto import mock_aws

from catalog.catalog import Catalog
from catalog.model_records import ModelRecord
from deploy import deploy
from deploy.abandoned_site import find_abandoned_site
from deploy.errors import DeploymentError
from deploy.page import bundle_page
from deploy.site import Site
from deploy.stack import Stack, find_stack, require_updatable
from local.template.parameters import ParameterError
from tests.cloud import create_catalog_table
from tests.unit.deploy.support import OUTPUTS, REGION, SESSION, STACK, create_stack, make_target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

ABANDONED_SITE = f"{STACK}-site-123456789012-{REGION}"
SITE_OUTPUTS = {**OUTPUTS, "SiteBucketName": "site", "SiteDistributionId": "D1", "UserPoolId": "pool"}


class Sam:
    """Records SAM CLI's commands, and deploys a stack with these outputs."""

    def __init__(self, outputs: Mapping[str, str]) -> None:
        self.outputs = outputs
        self.commands: list[Sequence[str]] = []
        self.failing_command = ""

    def __call__(self, arguments: Sequence[str], env: Mapping[str, str]) -> int:
        self.commands.append(arguments)
        if arguments[0] == self.failing_command:
            return 1
        if arguments[0] == "deploy":
            client = SESSION.client("cloudformation")
            client.delete_stack(StackName=STACK)
            create_stack(self.outputs)
        return 0


@pytest.fixture
def sam(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sam]:
    recorder = Sam(SITE_OUTPUTS)
    monkeypatch.setattr("deploy.sam.run_sam", recorder)
    monkeypatch.setattr("deploy.sam.compile_built", lambda env: recorder(["compile"], env))
    monkeypatch.setattr("deploy.deploy.ROOT", tmp_path)
    monkeypatch.setattr("deploy.deploy.BUILD", tmp_path / "build")
    with mock_aws():
        yield recorder


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """The page's publications: bucket, distribution and config.json."""
    calls: list[tuple[str, str, str]] = []

    def publish(site: Site, page: Any, config: str) -> bool:
        calls.append((site.bucket, site.distribution, config))
        return True

    monkeypatch.setattr(Site, "publish", publish)
    return calls


def test_builds_and_deploys_with_the_same_region_and_parameters(
    sam: Sam, published: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert deploy.main(make_target("dev"), "Architecture=arm64") == 0
    build, compilation, deployment = sam.commands
    assert compilation == ["compile"]
    assert build[:5] == ["build", "--config-env", "dev", "--region", REGION]
    assert deployment == ["deploy", *build[1:], "--no-confirm-changeset"]
    assert 'Architecture="arm64"' in build
    assert 'PageOrigin=""' in build
    assert [option for option in build if option.startswith("ProgramAudiences=")] == []
    config = {
        "apiUrl": "https://api.example.com",
        "signIn": {"issuer": "https://id.example.com", "clientId": "page", "commandLineClientId": "cli"},
        "models": False,
    }
    assert published == [("site", "D1", json.dumps(config) + "\n")]
    assert capsys.readouterr().out == (
        "Stack: pictures\n"
        "Parameters that differ from the template's defaults: Architecture=arm64\n"
        "SET applies to this deployment only. To keep a value, add it to samconfig.toml.\n"
        "The page is at https://pictures.example.com\n"
        "Invite people with: make user ENV=dev EMAIL=person@example.com\n"
    )


@pytest.mark.parametrize(
    ("email", "is_new"), [("", False), ("a@example.com", False), ("b@example.com", True)]
)
def test_a_new_address_for_alarms_has_to_be_confirmed(
    sam: Sam, published: list[Any], capsys: pytest.CaptureFixture[str], email: str, is_new: bool
) -> None:
    create_stack(SITE_OUTPUTS, parameters={"AlarmEmail": "a@example.com"})
    assert deploy.main(make_target("dev"), f"AlarmEmail={email}" if email else "") == 0
    note = f"No alarm arrives until somebody confirms the email that AWS has sent to {email}.\n"
    assert (note in capsys.readouterr().out) == is_new


def test_the_first_address_for_alarms_has_to_be_confirmed(
    sam: Sam, published: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert deploy.main(make_target("dev"), "AlarmEmail=a@example.com") == 0
    assert capsys.readouterr().out.endswith(
        "No alarm arrives until somebody confirms the email that AWS has sent to a@example.com.\n"
    )


@pytest.mark.parametrize(
    ("confirms", "confirmation", "option"),
    [
        (True, "", "--confirm-changeset"),
        (True, "no", "--no-confirm-changeset"),
        (False, "", "--no-confirm-changeset"),
        (False, "yes", "--confirm-changeset"),
    ],
)
def test_asks_for_confirmation_as_the_environment_says(
    sam: Sam, published: list[Any], confirms: bool, confirmation: str, option: str
) -> None:
    assert deploy.main(make_target(confirms_changes=confirms), "", confirmation) == 0
    assert sam.commands[-1][-1] == option


def test_rejects_another_confirmation_before_the_build(sam: Sam) -> None:
    with pytest.raises(DeploymentError, match=r"^CONFIRM must be yes or no, not 'maybe'.$"):
        deploy.main(make_target(), "", "maybe")
    assert sam.commands == []


@pytest.mark.parametrize("stdin", [io.StringIO(), None], ids=["empty", "closed"])
def test_says_how_to_deploy_without_a_terminal(
    sam: Sam,
    published: list[Any],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    stdin: io.StringIO | None,
) -> None:
    sam.failing_command = "deploy"  # SAM CLI asks, and gets no answer
    monkeypatch.setattr("sys.stdin", stdin)
    assert deploy.main(make_target(), confirmation="yes") == 1
    assert capsys.readouterr().err == (
        "The stack wasn't deployed, for the reason above. The page wasn't published.\n"
        "There is no terminal to confirm the changes. Add CONFIRM=no to deploy.\n"
    )


@pytest.mark.parametrize("trains", ["true", "false"])
def test_a_stack_with_models_keeps_its_trainer(
    sam: Sam, published: list[Any], monkeypatch: pytest.MonkeyPatch, trains: str
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    table = create_catalog_table()
    model = ModelRecord(
        "alice",
        "a" * 16,
        "Parts",
        "detection",
        ("scratch",),
        "owner",
        "running",
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert Catalog(table).models.create(model)
    create_stack({**SITE_OUTPUTS, "CatalogTableName": table.name}, parameters={"TrainModels": trains})
    with pytest.raises(DeploymentError, match=r": Parts \(running\)\. .*, then run make deploy again\.$"):
        deploy.main(make_target())
    assert sam.commands == []
    assert deploy.main(make_target(), "TrainModels=true") == 0


@pytest.mark.parametrize("command", ["build", "compile", "deploy"])
def test_the_page_is_not_published_if_the_stack_is_not_deployed(
    sam: Sam, published: list[Any], command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sam.failing_command = command
    assert deploy.main(make_target()) == 1
    assert sam.commands[-1][0] == command
    assert published == []
    assert capsys.readouterr().err == (
        "The stack wasn't deployed, for the reason above. The page wasn't published.\n"
    )


def test_declined_changes_are_discarded_and_the_page_is_not_published(
    sam: Sam, published: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    create_stack(SITE_OUTPUTS)
    client = SESSION.client("cloudformation")

    def decline(arguments: Sequence[str], env: Mapping[str, str]) -> int:
        if arguments[0] == "deploy":
            for name in ("samcli-deploy5000", "samcli-deploy4999", "by-hand"):
                client.create_change_set(
                    StackName=STACK,
                    ChangeSetName=name,
                    ChangeSetType="UPDATE",
                    TemplateBody=json.dumps({"Resources": {"Other": {"Type": "AWS::SQS::Queue"}}}),
                )
        return 0

    monkeypatch.setattr("deploy.sam.run_sam", decline)
    monkeypatch.setattr("deploy.deploy.time.time", lambda: 5000.5)
    assert deploy.main(make_target(confirms_changes=True)) == 1
    assert published == []
    assert capsys.readouterr().err == "The changes were declined. Neither they nor the page were deployed.\n"
    left = client.list_change_sets(StackName=STACK)["Summaries"]
    assert {entry["ChangeSetName"] for entry in left} == {"samcli-deploy4999", "by-hand"}


def test_writes_a_page_that_another_server_serves(
    sam: Sam, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sam.outputs = OUTPUTS
    folder = tmp_path / "build" / "prod" / "page"
    folder.mkdir(parents=True)
    (folder / "earlier.js").touch()
    assert deploy.main(make_target("prod"), "PageOrigin=https://pictures.example.com") == 0
    files = bundle_page(
        (OUTPUTS["ApiUrl"], OUTPUTS["SignInIssuer"]), f"https://pictures-output.s3.{REGION}.amazonaws.com"
    )
    written = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    assert written.keys() == {*files, "config.json"}
    assert {name: written[name].read_bytes() for name in files} == files
    assert json.loads(written["config.json"].read_text()) == {
        "apiUrl": "https://api.example.com",
        "signIn": {"issuer": "https://id.example.com", "clientId": "page", "commandLineClientId": "cli"},
        "models": False,
    }
    assert capsys.readouterr().out.splitlines()[3:] == [
        "Copy the files in build/prod/page to https://pictures.example.com."
    ]


@pytest.mark.parametrize("outputs", [OUTPUTS, SITE_OUTPUTS], ids=["repeated", "the page came back"])
def test_deletes_the_bucket_of_a_site_that_the_stack_no_longer_has(
    sam: Sam, published: list[Any], outputs: Mapping[str, str]
) -> None:
    """An earlier deployment with PageOrigin was interrupted before it did so."""
    create_stack(OUTPUTS)
    s3 = SESSION.client("s3")
    for bucket in (ABANDONED_SITE, "other"):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket=bucket, Key="index.html", Body=b"page")
    sam.outputs = outputs
    assert deploy.main(make_target()) == 0
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["other"]


def test_keeps_the_bucket_of_the_site_that_the_stack_has(sam: Sam, published: list[Any]) -> None:
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": ABANDONED_SITE}}
    create_stack(SITE_OUTPUTS, {"SiteBucket": bucket})
    before = find_stack(SESSION.client("cloudformation"), STACK)
    assert before is not None
    assert find_abandoned_site(make_target(), before.id) is None


def test_an_invalid_parameter_or_region_is_refused_before_the_build(
    sam: Sam, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(region: str) -> None:
        raise DeploymentError(f"not {region}")

    monkeypatch.setattr("deploy.deploy.require_supported_region", refuse)
    with pytest.raises(DeploymentError, match=f"not {REGION}"):
        deploy.main(make_target())
    assert sam.commands == []


@pytest.mark.parametrize(
    ("before", "overrides", "problem"),
    [
        (None, "ProgramAudiences=x", r"^ProgramAudiences can't be set while"),
        (
            "x,page",
            "SignInIssuer=https://id.example.com SignInClientId=page",
            r"^ProgramAudiences can't have",
        ),
    ],
    ids=["first deployment", "kept"],
)
def test_audiences_of_programs_are_refused_before_the_build(
    sam: Sam, before: str | None, overrides: str, problem: str
) -> None:
    if before is not None:
        create_stack(SITE_OUTPUTS, parameters={"ProgramAudiences": before})
    with pytest.raises(ParameterError, match=problem):
        deploy.main(make_target(), overrides)
    assert sam.commands == []


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (
            "ROLLBACK_COMPLETE",
            "The first deployment of the stack pictures failed and was rolled back. "
            "Remove what is left with make delete ENV=dev, then run make deploy ENV=dev again.",
        ),
        (
            "DELETE_FAILED",
            "The stack pictures can't be updated (DELETE_FAILED). "
            "Delete it with make delete ENV=dev, then run make deploy ENV=dev again.",
        ),
        (
            "UPDATE_ROLLBACK_FAILED",
            "The last update of the stack pictures failed, and its rollback as well. "
            "Finish the rollback with aws cloudformation continue-update-rollback --stack-name pictures "
            "--region eu-central-1, then run make deploy ENV=dev again.",
        ),
        (
            "UPDATE_IN_PROGRESS",
            "The stack pictures is being changed (UPDATE_IN_PROGRESS). "
            "Wait until that is finished, then run make deploy ENV=dev again.",
        ),
    ],
)
def test_says_what_to_do_with_a_stack_that_cannot_be_updated(status: str, sentence: str) -> None:
    with pytest.raises(DeploymentError) as caught:
        require_updatable(Stack("id", "pictures", status, {}, {}), make_target("dev"))
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    "status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"]
)
def test_other_stacks_can_be_updated(status: str) -> None:
    require_updatable(Stack("id", "pictures", status, {}, {}), make_target("dev"))
