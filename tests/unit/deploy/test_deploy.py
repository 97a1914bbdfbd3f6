from __future__ import annotations

import json

import boto3
import pytest
from moto import mock_aws

from deploy.buckets import empty
from deploy.environments import UnknownEnvironment, outputs, stack_name
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


@mock_aws
def test_people_of_another_provider_are_added_there(capsys: pytest.CaptureFixture[str]) -> None:
    template = {
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {"SignInIssuer": {"Value": "https://id.example.com"}},
    }
    client = boto3.client("cloudformation")
    client.create_stack(StackName="image-recognition", TemplateBody=json.dumps(template))
    assert users_main("default", "ada@example.com") == 1
    assert capsys.readouterr().err == "People sign in at https://id.example.com: add them there.\n"
