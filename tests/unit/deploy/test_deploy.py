from __future__ import annotations

import json
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from deploy.buckets import empty
from deploy.environments import UnknownEnvironment, outputs, stack_name
from deploy.page import write_page

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


def test_the_page_is_copied_with_the_address_of_the_api(tmp_path: Path) -> None:
    source = tmp_path / "web"
    source.mkdir()
    (source / "index.html").write_text("<!doctype html>")
    target = tmp_path / "build" / "page"
    for _ in range(2):  # the second deploy replaces the first
        write_page("https://api.example.com", target, source)
    assert {file.name: file.read_text() for file in target.iterdir()} == {
        "index.html": "<!doctype html>",
        "config.json": '{"apiUrl": "https://api.example.com"}\n',
    }
