"""The template's buckets, tables and queues, with and without its options."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from moto import mock_aws

from local.aws.provision import provision
from local.settings import ROOT
from local.template.template import Template
from tests.cloud import ENTERPRISE_OPTIONS, EVENTS, SOURCES, create_catalog_table


def client(service: Any) -> Any:
    return boto3.client(service)


@mock_aws
@pytest.mark.parametrize("options", [{}, {"Protect": "true", **EVENTS, **ENTERPRISE_OPTIONS}])
def test_creates_everything_whatever_the_options(options: dict[str, str]) -> None:
    template = Template.load(ROOT / "template.yaml", options)
    provision(template, client)
    buckets = {bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]}
    assert buckets == {f"local-{kind}-123456789012-us-east-1" for kind in ("input", "output", "site")}
    table = boto3.client("dynamodb").describe_table(TableName="CatalogTable")["Table"]
    assert table["DeletionProtectionEnabled"] == ("Protect" in options)
    urls = boto3.client("sqs").list_queues()["QueueUrls"]
    assert {url.rpartition("/")[2] for url in urls} == {"RetryQueue", "DeadLetterQueue"}


@mock_aws
def test_creates_the_source_bucket_which_exists_before_a_stack_on_aws() -> None:
    provision(Template.load(ROOT / "template.yaml", SOURCES), client)
    buckets = {bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]}
    assert SOURCES["SourceBucket"] in buckets


@mock_aws
def test_the_tables_of_other_tests_have_the_same_keys_and_index() -> None:
    provision(Template.load(ROOT / "template.yaml", {}), client)
    create_catalog_table("catalog")
    dynamodb = boto3.client("dynamodb")
    tables = [dynamodb.describe_table(TableName=name)["Table"] for name in ("CatalogTable", "catalog")]
    for name in ("KeySchema", "GlobalSecondaryIndexes"):
        assert tables[0][name] == tables[1][name]
