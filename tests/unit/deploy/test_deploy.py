from __future__ import annotations

import json
import mimetypes
from pathlib import Path

import boto3
import pytest
from botocore.stub import ANY, Stubber
from moto import mock_aws

from deploy.buckets import empty
from deploy.environments import UnknownEnvironment, outputs, stack_name
from deploy.page import config, invalidate, upload
from deploy.users import add
from deploy.users import main as users_main

TEMPLATE = {
    "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
    "Outputs": {"ApiUrl": {"Value": "https://api.example.com"}},
}


def test_each_environment_has_a_stack_of_its_own() -> None:
    assert {name: stack_name(name) for name in ("default", "dev", "prod")} == {
        "default": "image-recognition",
        "dev": "image-recognition-dev",
        "prod": "image-recognition-prod",
    }


def test_an_unknown_environment_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownEnvironment) as caught:
        stack_name("staging")
    assert str(caught.value) == "samconfig.toml has no environment 'staging': use default, dev, prod."


@mock_aws
def test_outputs_come_by_their_keys() -> None:
    client = boto3.client("cloudformation")
    client.create_stack(StackName="image-recognition", TemplateBody=json.dumps(TEMPLATE))
    assert outputs(client, "image-recognition") == {"ApiUrl": "https://api.example.com"}


@mock_aws
def test_a_bucket_is_emptied_beyond_one_page() -> None:
    client = boto3.client("s3")
    client.create_bucket(Bucket="pictures")
    for number in range(1005):
        client.put_object(Bucket="pictures", Key=f"uploads/{number}", Body=b"x")
    assert empty(boto3.resource("s3").Bucket("pictures")) == 1005
    assert client.list_objects_v2(Bucket="pictures")["KeyCount"] == 0


def web(folder: Path) -> Path:
    (folder / "scripts").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>")
    (folder / "scripts" / "main.js").write_text("start();")
    (folder / "icon.svg").write_text("<svg/>")
    return folder


@mock_aws
def test_the_page_is_put_with_its_types_and_what_it_has_no_more_is_removed(tmp_path: Path) -> None:
    client = boto3.client("s3")
    client.create_bucket(Bucket="site")
    client.put_object(Bucket="site", Key="scripts/old.js", Body=b"old")
    upload(client, "site", '{"apiUrl": "https://api.example.com"}', web(tmp_path / "web"))
    found = {}
    for entry in client.list_objects_v2(Bucket="site")["Contents"]:
        put = client.get_object(Bucket="site", Key=entry["Key"])
        found[entry["Key"]] = (put["ContentType"], put["CacheControl"], put["Body"].read())
    asked = "public, max-age=0, must-revalidate"
    script = mimetypes.guess_type("main.js")[0]  # older systems say application/javascript
    assert found == {
        "index.html": ("text/html; charset=utf-8", asked, b"<!doctype html>"),
        "scripts/main.js": (f"{script}; charset=utf-8", asked, b"start();"),
        "icon.svg": ("image/svg+xml", asked, b"<svg/>"),
        "config.json": (
            "application/json; charset=utf-8",
            "no-store",
            b'{"apiUrl": "https://api.example.com"}',
        ),
    }


def test_config_json_is_what_the_page_reads() -> None:
    found = {
        "ApiUrl": "https://api.example.com",
        "SignInIssuer": "https://id.example.com",
        "SignInClientId": "page",
    }
    assert json.loads(config(found)) == {
        "apiUrl": "https://api.example.com",
        "signIn": {"issuer": "https://id.example.com", "clientId": "page"},
    }


@mock_aws
def test_cloudfront_forgets_the_whole_page() -> None:
    client = boto3.client("cloudfront")
    with Stubber(client) as stub:
        expected = {"DistributionId": "D1", "InvalidationBatch": ANY}
        stub.add_response("create_invalidation", {"Location": "x"}, expected)
        invalidate(client, "D1")
        stub.assert_no_pending_responses()


@mock_aws
def test_a_person_is_invited_once() -> None:
    client = boto3.client("cognito-idp")
    pool = client.create_user_pool(PoolName="people", UsernameAttributes=["email"])["UserPool"]["Id"]
    assert [add(client, pool, "ada@example.com") for _ in range(2)] == [
        "ada@example.com was invited: the password for the first sign-in comes by e-mail.",
        "ada@example.com has an account already.",
    ]
    (user,) = client.list_users(UserPoolId=pool)["Users"]
    attributes = {attribute["Name"]: attribute["Value"] for attribute in user["Attributes"]}
    assert (attributes["email"], attributes["email_verified"]) == ("ada@example.com", "true")


def test_an_address_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert users_main("default", "") == 1
    assert capsys.readouterr().err == "Whom? make user EMAIL=person@example.com\n"
