"""The deployment commands, except the page's."""

from __future__ import annotations

import json

import boto3
import pytest
from moto import mock_aws

from deploy.buckets import empty_bucket
from deploy.environments import UnknownEnvironment, stack_name, stack_outputs
from deploy.users import invite
from deploy.users import main as users_main

TEMPLATE = {
    "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
    "Outputs": {"ApiUrl": {"Value": "https://api.example.com"}},
}


def test_each_environment_has_its_own_stack() -> None:
    assert {name: stack_name(name) for name in ("default", "dev", "prod")} == {
        "default": "image-recognition",
        "dev": "image-recognition-dev",
        "prod": "image-recognition-prod",
    }


def test_an_unknown_environment_raises_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(UnknownEnvironment) as caught:
        stack_name("staging")
    assert str(caught.value) == "samconfig.toml has no environment 'staging': use default, dev, prod."


@mock_aws
def test_returns_the_outputs_of_a_stack_by_key() -> None:
    client = boto3.client("cloudformation")
    client.create_stack(StackName="image-recognition", TemplateBody=json.dumps(TEMPLATE))
    assert stack_outputs(client, "image-recognition") == {"ApiUrl": "https://api.example.com"}


@mock_aws
def test_empties_a_bucket_with_more_than_one_page_of_objects() -> None:
    client = boto3.client("s3")
    client.create_bucket(Bucket="images")
    for number in range(1005):
        client.put_object(Bucket="images", Key=f"uploads/{number}", Body=b"x")
    assert empty_bucket(boto3.resource("s3").Bucket("images")) == 1005
    assert client.list_objects_v2(Bucket="images")["KeyCount"] == 0


@mock_aws
def test_a_second_invitation_says_that_the_account_exists() -> None:
    client = boto3.client("cognito-idp")
    pool = client.create_user_pool(PoolName="people", UsernameAttributes=["email"])["UserPool"]["Id"]
    assert [invite(client, pool, "ada@example.com") for _ in range(2)] == [
        "Invited ada@example.com. They will receive an email with a temporary password.",
        "ada@example.com already has an account.",
    ]
    (user,) = client.list_users(UserPoolId=pool)["Users"]
    attributes = {attribute["Name"]: attribute["Value"] for attribute in user["Attributes"]}
    assert (attributes["email"], attributes["email_verified"]) == ("ada@example.com", "true")


def test_rejects_an_invalid_email_address(capsys: pytest.CaptureFixture[str]) -> None:
    assert users_main("default", "") == 1
    assert capsys.readouterr().err == "Give an email address: make user EMAIL=person@example.com\n"


@mock_aws
def test_users_of_another_provider_are_added_there(capsys: pytest.CaptureFixture[str]) -> None:
    template = {
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {"SignInIssuer": {"Value": "https://id.example.com"}},
    }
    client = boto3.client("cloudformation")
    client.create_stack(StackName="image-recognition", TemplateBody=json.dumps(template))
    assert users_main("default", "ada@example.com") == 1
    assert capsys.readouterr().err == "Users sign in at https://id.example.com. Add them there.\n"
