"""The URL of a bucket, and emptying it before its deletion."""

from __future__ import annotations

import boto3
import pytest
from moto import mock_aws

from deploy.buckets import bucket_url, delete_objects
from deploy.errors import DeploymentError
from tests.unit.deploy.support import REGION, SESSION


@pytest.mark.parametrize(
    ("region", "url"),
    [
        ("us-east-1", "https://images.s3.us-east-1.amazonaws.com"),
        ("eu-central-1", "https://images.s3.eu-central-1.amazonaws.com"),
        ("cn-north-1", "https://images.s3.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_the_url_of_a_bucket_is_that_of_its_region(region: str, url: str) -> None:
    assert bucket_url(boto3.Session(region_name=region), "images") == url


@mock_aws
def test_empties_a_bucket_with_more_than_one_page_of_objects() -> None:
    client = SESSION.client("s3")
    client.create_bucket(Bucket="images", CreateBucketConfiguration={"LocationConstraint": REGION})
    client.meta.events.register(
        "provide-client-params.s3.ListObjectsV2", lambda params, **_: params.update(MaxKeys=2)
    )
    for number in range(5):
        client.put_object(Bucket="images", Key=f"uploads/{number}", Body=b"x")
    assert delete_objects(client, "images") == 5
    assert client.list_objects_v2(Bucket="images")["KeyCount"] == 0


@mock_aws
def test_a_bucket_that_does_not_exist_is_empty() -> None:
    assert delete_objects(SESSION.client("s3"), "missing") == 0


@mock_aws
def test_reports_objects_that_can_not_be_deleted() -> None:
    client = SESSION.client("s3")
    client.create_bucket(Bucket="images", CreateBucketConfiguration={"LocationConstraint": REGION})
    client.put_object(Bucket="images", Key="a", Body=b"x")
    errors = [{"Key": key, "Code": "AccessDenied", "Message": "Access Denied"} for key in "abcd"]
    client.meta.events.register(
        "after-call.s3.DeleteObjects", lambda parsed, **_: parsed.update(Errors=errors)
    )
    with pytest.raises(DeploymentError) as caught:
        delete_objects(client, "images")
    assert str(caught.value) == (
        "4 objects of images can't be deleted: a: Access Denied; b: Access Denied; c: Access Denied."
    )
