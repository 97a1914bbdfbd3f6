"""What AWS would refuse only after the build."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from deploy import deploy
from deploy.checks import require_event_bus, require_foreign_source, require_https_issuer, require_stack_name
from deploy.environments import Environment
from deploy.errors import DeploymentError
from deploy.target import Target
from tests.unit.deploy.support import REGION, SESSION, make_target

OWN_POOL = {"SignInIssuer": ""}
OTHER_PROVIDER = {"SignInIssuer": "https://id.example.com"}


def named(name: str, region: str = "ap-northeast-1") -> Target:
    return Target(Environment("default", name, {}), SESSION, region, "the test")


@pytest.mark.parametrize(
    ("name", "region"),
    [("image-recognition-2", "eu-west-1"), ("a" * 28, "ap-northeast-1"), ("a" * 33, "us-east-1")],
)
def test_accepts_a_name_that_fits_into_the_names_of_the_buckets(name: str, region: str) -> None:
    require_stack_name(named(name, region), OWN_POOL)
    assert len(f"{name}-output-123456789012-{region}") <= 63


@pytest.mark.parametrize("name", ["Image-Recognition", "image_recognition", "2-images", "-images", "a" * 29])
def test_refuses_a_name_that_buckets_cannot_have(name: str) -> None:
    with pytest.raises(DeploymentError) as caught:
        require_stack_name(named(name), OTHER_PROVIDER)
    assert str(caught.value) == (
        f"The stack can't be named {name}: in ap-northeast-1, a name has at most 28 lowercase letters, "
        "digits and hyphens, and starts with a letter."
    )


@pytest.mark.parametrize("word", ["aws", "amazon", "cognito"])
def test_refuses_a_reserved_word_in_the_address_of_the_sign_in_page(word: str) -> None:
    target = named(f"{word}-images")
    with pytest.raises(DeploymentError) as caught:
        require_stack_name(target, OWN_POOL)
    assert str(caught.value) == (
        f"The stack can't be named {word}-images: Cognito doesn't accept {word} in the address of the "
        "sign-in page."
    )
    require_stack_name(target, OTHER_PROVIDER)


@pytest.mark.parametrize("kind", ["input", "output", "site"])
def test_a_bucket_of_the_stack_is_no_source_bucket(kind: str) -> None:
    bucket = f"pictures-{kind}-123456789012-ap-northeast-1"
    with pytest.raises(DeploymentError) as caught:
        require_foreign_source(named("pictures"), {"SourceBucket": bucket})
    assert str(caught.value) == (
        f"The bucket {bucket} is one of the stack's own, so it can't be the source bucket. Name another."
    )
    require_foreign_source(named("pictures-2"), {"SourceBucket": bucket})


def test_a_stack_without_a_source_bucket_reads_no_other() -> None:
    require_foreign_source(named("pictures"), {"SourceBucket": ""})


def test_an_issuer_must_be_https() -> None:
    for parameters in (OWN_POOL, OTHER_PROVIDER):
        require_https_issuer(parameters)
    with pytest.raises(DeploymentError) as caught:
        require_https_issuer({"SignInIssuer": "http://127.0.0.1:9000"})
    assert str(caught.value) == (
        "SignInIssuer can't be http://127.0.0.1:9000 on AWS, where API Gateway requires https."
    )


@pytest.mark.parametrize("name", ["", "default"])
def test_the_default_event_bus_exists_in_every_account(name: str) -> None:
    require_event_bus(make_target(), {"EventBusName": name})  # without a call


def test_another_event_bus_must_exist() -> None:
    with mock_aws():
        SESSION.client("events").create_event_bus(Name="pictures")
        require_event_bus(make_target(), {"EventBusName": "pictures"})
        with pytest.raises(DeploymentError) as caught:
            require_event_bus(make_target(), {"EventBusName": "picture"})
    assert str(caught.value) == (
        f"There is no event bus picture in {REGION}. Create it, or correct EventBusName."
    )


def test_another_error_about_the_event_bus_is_not_hidden() -> None:
    def deny(**_: object) -> None:
        error: Any = {"Error": {"Code": "AccessDeniedException", "Message": "No."}}
        raise ClientError(error, "DescribeEventBus")

    session = boto3.Session(region_name=REGION)
    session.events.register("before-call.events.DescribeEventBus", deny)
    with mock_aws(), pytest.raises(ClientError):
        require_event_bus(make_target(session=session), {"EventBusName": "pictures"})


@pytest.mark.parametrize(
    ("name", "overrides"),
    [("Pictures", ""), ("pictures", "SignInIssuer=http://127.0.0.1:9000 SignInClientId=page")],
)
def test_a_deployment_is_checked_before_any_call(name: str, overrides: str) -> None:
    with pytest.raises(DeploymentError):
        deploy.main(named(name), overrides)
