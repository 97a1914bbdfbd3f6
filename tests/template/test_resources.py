"""The buckets, the table, the API and the parameters."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from local.template.parameters import ParameterError
from local.template.template import Template
from tests.template.support import load

BUCKETS = ("InputBucket", "OutputBucket", "SiteBucket")
PAGE = "https://sitedistribution.cloudfront.net"


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


def tls_only(service: str, resource: str | list[str]) -> dict[str, Any]:
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": f"{service}:*",
        "Resource": resource,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def test_every_bucket_refuses_connections_without_tls(template: Template) -> None:
    policies = template.resources("AWS::S3::BucketPolicy").values()
    assert {
        policy["Bucket"]: [
            statement for statement in policy["PolicyDocument"]["Statement"] if statement["Effect"] == "Deny"
        ]
        for policy in policies
    } == {
        bucket["BucketName"]: [tls_only("s3", [arn, f"{arn}/*"])]
        for bucket in template.resources("AWS::S3::Bucket").values()
        for arn in [f"arn:aws:s3:::{bucket['BucketName']}"]
    }


def test_every_queue_refuses_connections_without_tls(template: Template) -> None:
    queues = template.resources("AWS::SQS::Queue")
    assert template.resources("AWS::SQS::QueuePolicy") == {
        f"{name}Policy": {
            "Queues": [f"https://sqs.us-east-1.amazonaws.com/123456789012/{name}"],
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [tls_only("sqs", f"arn:aws:sqs:us-east-1:123456789012:{name}")],
            },
        }
        for name in queues
    }


@pytest.mark.parametrize("name", BUCKETS)
def test_no_bucket_policy_allows_public_access(template: Template, name: str) -> None:
    document = template.resources("AWS::S3::BucketPolicy")[f"{name}Policy"]["PolicyDocument"]
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
            "AllowedHeaders": [
                "cache-control",
                "content-disposition",
                "content-encoding",
                "content-type",
                "if-none-match",
                "x-amz-checksum-sha256",
            ],
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


@pytest.mark.parametrize(
    ("parameters", "protected", "state"),
    [({}, False, "INACTIVE"), ({"Protect": "true"}, True, "ACTIVE")],
)
def test_accounts_and_records_outlive_the_stack_and_can_be_protected(
    source: dict[str, Any], parameters: dict[str, str], protected: bool, state: str
) -> None:
    template = load(**parameters)
    table = template.resources("AWS::DynamoDB::Table")["CatalogTable"]
    pool = template.resources("AWS::Cognito::UserPool")["UserPool"]
    assert (table["DeletionProtectionEnabled"], pool["DeletionProtection"]) == (protected, state)
    kept = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
    for name in ("CatalogTable", "UserPool"):
        resource = source["Resources"][name]
        assert {policy: resource[policy] for policy in kept} == kept
        assert "Condition" not in resource  # a condition that turns false would remove it


def test_the_catalog_is_on_demand_and_recoverable_and_expires_items(template: Template) -> None:
    table = template.resources("AWS::DynamoDB::Table")["CatalogTable"]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expiresAt", "Enabled": True}


def test_the_api_is_logged_and_throttled_and_fails_on_warnings(template: Template) -> None:
    api = template.resources("AWS::ApiGatewayV2::Api")["HttpApi"]
    stage = template.resources("AWS::ApiGatewayV2::Stage")["HttpApiApiGatewayDefaultStage"]
    assert api["FailOnWarnings"] is True
    paths = {
        "/uploads": ["post"],
        "/images": ["get"],
        "/images/batch": ["post"],
        "/images/{id}": ["delete", "get", "patch"],
        "/images/{id}/retry": ["post"],
        "/images/{id}/similar": ["get"],
        "/labels": ["get"],
        "/terms": ["get"],
    }
    for_programs = {f"/programs{path}": methods for path, methods in paths.items()}
    assert {path: sorted(methods) for path, methods in api["Body"]["paths"].items()} == paths | for_programs
    assert api["Body"]["x-amazon-apigateway-cors"]["allowOrigins"] == [PAGE]
    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": "50", "ThrottlingBurstLimit": "100"}
    assert stage["AccessLogSettings"]["DestinationArn"] == (
        "arn:aws:logs:us-east-1:123456789012:log-group:/local/api:*"
    )


def test_the_access_log_is_json_and_has_every_reason_of_a_refusal(template: Template) -> None:
    stage = template.resources("AWS::ApiGatewayV2::Stage")["HttpApiApiGatewayDefaultStage"]
    # API Gateway writes a missing value as -
    line = json.loads(re.sub(r"\$context\.[\w.]+", "-", stage["AccessLogSettings"]["Format"]))
    reasons = {"error": "-", "authorizerError": "-", "integrationError": "-"}
    assert line == reasons | dict.fromkeys(["requestId", "time", "ip", "route", "status", "latencyMs"], "-")


def test_the_limits_of_the_api_are_parameters() -> None:
    stages = load(ApiRateLimit="5", ApiBurstLimit="10").resources("AWS::ApiGatewayV2::Stage")
    (limits,) = [stage["DefaultRouteSettings"] for stage in stages.values()]
    assert limits == {"ThrottlingRateLimit": "5", "ThrottlingBurstLimit": "10"}


def test_every_parameter_has_a_description_and_a_default(source: dict[str, Any]) -> None:
    for rules in source["Parameters"].values():
        assert rules["Description"].endswith(".")
        assert "Default" in rules


@pytest.mark.parametrize(
    "origin",
    [
        "https://pictures.example.com",
        "https://pictures.example.com:4430",
        "https://[2001:db8::1]:8443",
        "http://localhost",
        "http://127.0.0.1:8080",
        "http://[::1]:8080",
    ],
)
def test_accepts_an_origin_where_browsers_sign_in(origin: str) -> None:
    assert load(PageOrigin=origin).outputs["SiteUrl"] == origin


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "example.com",
        "https://*.example.com",
        "https://example.com/page",
        "https://example.com?page",
        "https://example.com#page",
        "https://ada@example.com",
        "https://a.example.com,https://b.example.com",
        "https://Example.com",
        "https://example.com:443",
        "https://example.com:",
        "http://localhost:80",
        "http://example.com",
        "http://localhost.example.com",
        "http://192.0.2.1:8080",
    ],
)
def test_rejects_what_browsers_never_send_as_an_origin_or_without_tls(origin: str) -> None:
    with pytest.raises(ParameterError) as caught:
        load(PageOrigin=origin)
    assert str(caught.value) == (
        f"The parameter PageOrigin can't be {origin!r}: it must be empty, or one https origin in lower "
        "case, such as https://pictures.example.com, without a path, wildcard or default port "
        "(http only for localhost)."
    )
