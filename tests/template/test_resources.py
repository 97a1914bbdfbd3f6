"""The buckets, the table, the API and the parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from local.template.parameters import ParameterError
from local.template.template import Template

ROOT = Path(__file__).resolve().parents[2]
BUCKETS = ("InputBucket", "OutputBucket", "SiteBucket")
PAGE = "http://127.0.0.1:8080"


@pytest.mark.parametrize("name", BUCKETS)
def test_buckets_are_private_and_encrypted(template: Template, name: str) -> None:
    bucket = template.resources("AWS::S3::Bucket")[name]
    assert bucket["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }
    assert bucket["BucketEncryption"] == {
        "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
    }
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


@pytest.mark.parametrize("name", ["InputBucket", "OutputBucket"])
def test_images_and_results_expire(template: Template, name: str) -> None:
    assert template.resources("AWS::S3::Bucket")[name]["LifecycleConfiguration"]["Rules"] == [
        {"Id": "retention", "Status": "Enabled", "ExpirationInDays": "90"},
        {
            "Id": "cut-off-uploads",
            "Status": "Enabled",
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        },
    ]


@pytest.mark.parametrize("name", BUCKETS)
def test_no_bucket_policy_allows_public_access(template: Template, name: str) -> None:
    document = template.resources("AWS::S3::BucketPolicy")[f"{name}Policy"]["PolicyDocument"]
    (denied,) = [statement for statement in document["Statement"] if statement["Effect"] == "Deny"]
    assert (denied["Principal"], denied["Condition"]) == ("*", {"Bool": {"aws:SecureTransport": "false"}})
    allowed = [statement for statement in document["Statement"] if statement["Effect"] == "Allow"]
    assert [statement["Principal"] for statement in allowed] == (
        [{"Service": "cloudfront.amazonaws.com"}] if name == "SiteBucket" else []
    )
    for statement in allowed:
        assert list(statement["Condition"]["StringEquals"]) == ["AWS:SourceArn"]


def test_the_buckets_allow_only_the_origin_of_the_page(template: Template) -> None:
    buckets = template.resources("AWS::S3::Bucket")
    assert buckets["InputBucket"]["CorsConfiguration"]["CorsRules"] == [
        {
            "AllowedOrigins": [PAGE],
            "AllowedMethods": ["GET", "PUT"],
            "AllowedHeaders": ["content-type", "if-none-match", "x-amz-checksum-sha256"],
            "ExposedHeaders": ["ETag"],
            "MaxAge": 3600,
        }
    ]
    assert buckets["OutputBucket"]["CorsConfiguration"]["CorsRules"] == [
        {"AllowedOrigins": [PAGE], "AllowedMethods": ["GET"], "MaxAge": 3600}
    ]


def test_only_the_input_bucket_invokes_the_processor(template: Template) -> None:
    buckets = template.resources("AWS::S3::Bucket")
    assert buckets["InputBucket"]["NotificationConfiguration"] == {
        "LambdaConfigurations": [
            {
                "Event": "s3:ObjectCreated:*",
                "Function": "arn:aws:lambda:us-east-1:123456789012:function:ProcessorFunction",
            }
        ]
    }
    assert "NotificationConfiguration" not in buckets["OutputBucket"]


def test_the_catalog_is_on_demand_and_recoverable_and_expires_items(template: Template) -> None:
    table = template.resources("AWS::DynamoDB::Table")["CatalogTable"]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expiresAt", "Enabled": True}


def test_the_api_is_logged_and_throttled_and_fails_on_warnings(template: Template) -> None:
    api = template.resources("AWS::ApiGatewayV2::Api")["HttpApi"]
    stage = template.resources("AWS::ApiGatewayV2::Stage")["HttpApiApiGatewayDefaultStage"]
    assert api["FailOnWarnings"] is True
    assert {path: sorted(methods) for path, methods in api["Body"]["paths"].items()} == {
        "/uploads": ["post"],
        "/images": ["get"],
        "/images/{id}": ["delete", "get"],
        "/images/{id}/retry": ["post"],
        "/labels": ["get"],
    }
    assert api["Body"]["x-amazon-apigateway-cors"]["allowOrigins"] == [PAGE]
    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": 50, "ThrottlingBurstLimit": 100}
    assert stage["AccessLogSettings"]["DestinationArn"] == (
        "arn:aws:logs:us-east-1:123456789012:log-group:/local/api:*"
    )


def test_every_parameter_has_a_description_and_a_default(source: dict[str, Any]) -> None:
    for rules in source["Parameters"].values():
        assert rules["Description"].endswith(".")
        assert "Default" in rules


def test_every_route_requires_a_token(template: Template) -> None:
    body = template.resources("AWS::ApiGatewayV2::Api")["HttpApi"]["Body"]
    for methods in body["paths"].values():
        for operation in methods.values():
            assert operation["security"] == [{"SignedIn": []}]


@pytest.mark.parametrize("origin", ["*", "https://*.example.com", "https://example.com/page", "example.com"])
def test_rejects_an_origin_with_a_wildcard_or_a_path(origin: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Template.load(ROOT / "template.yaml", {"PageOrigin": origin})
    assert "one origin, such as https://pictures.example.com, without a path or wildcard" in str(caught.value)
