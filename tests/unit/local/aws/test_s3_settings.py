"""The settings of buckets: what the template says, in S3's names, with S3's defaults."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.aws.s3_settings import BucketSettings
from local.template.template import TemplateError

INPUT = "local-input-123456789012-us-east-1"
OUTPUT = "local-output-123456789012-us-east-1"
READER = "arn:aws:lambda:us-east-1:123456789012:function:ReaderFunction"
WRITER = "arn:aws:lambda:us-east-1:123456789012:function:WriterFunction"
RULE = {
    "AllowedOrigins": ["http://127.0.0.1:8080"],
    "AllowedMethods": ["GET", "PUT"],
    "AllowedHeaders": ["content-type", "if-none-match", "x-amz-checksum-sha256"],
    "ExposeHeaders": ["ETag"],
    "MaxAgeSeconds": 3600,
}
BLOCKS = {"BlockPublicAcls": True, "IgnorePublicAcls": False, "BlockPublicPolicy": True}


def read(aws: Any, operation: str, bucket: str) -> Any:
    answer = getattr(aws.client("s3"), operation)(Bucket=bucket)
    answer.pop("ResponseMetadata")
    return answer


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("get_bucket_cors", {"CORSRules": [RULE]}),
        (
            "get_bucket_lifecycle_configuration",
            {
                "Rules": [
                    {
                        "ID": "retention",
                        "Status": "Enabled",
                        "Filter": {"Prefix": ""},
                        "Expiration": {"Days": 90},
                    },
                    {
                        "ID": "cut-off-uploads",
                        "Status": "Enabled",
                        "Filter": {"Prefix": "uploads/"},
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                    },
                ]
            },
        ),
        (
            "get_public_access_block",
            {"PublicAccessBlockConfiguration": {**BLOCKS, "RestrictPublicBuckets": False}},
        ),
        (
            "get_bucket_encryption",
            {
                "ServerSideEncryptionConfiguration": {
                    "Rules": [
                        {
                            "ApplyServerSideEncryptionByDefault": {
                                "SSEAlgorithm": "aws:kms",
                                "KMSMasterKeyID": "arn:aws:kms:us-east-1:123456789012:key/1",
                            },
                            "BucketKeyEnabled": True,
                        }
                    ]
                }
            },
        ),
        (
            "get_bucket_ownership_controls",
            {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}},
        ),
        ("get_bucket_logging", {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "input/"}}),
        ("get_bucket_tagging", {"TagSet": [{"Key": "project", "Value": "pictures"}]}),
        ("get_bucket_request_payment", {"Payer": "BucketOwner"}),
        ("get_bucket_policy_status", {"PolicyStatus": {"IsPublic": False}}),
    ],
)
def test_returns_what_the_template_says(aws: Any, operation: str, expected: Any) -> None:
    assert read(aws, operation, INPUT) == expected


def test_returns_the_notifications_of_events(aws: Any, key: str) -> None:
    functions = read(aws, "get_bucket_notification_configuration", INPUT)["LambdaFunctionConfigurations"]
    ids = [function.pop("Id") for function in functions]
    names = {"prefix": "copies/", "suffix": ".jpg"}
    rules = [{"Name": name, "Value": value} for name, value in names.items()]
    assert functions == [
        {"LambdaFunctionArn": WRITER, "Events": ["s3:ObjectCreated:*"]},
        {
            "LambdaFunctionArn": READER,
            "Events": ["s3:ObjectCreated:Copy"],
            "Filter": {"Key": {"FilterRules": rules}},
        },
    ]
    aws.client("s3").put_object(Bucket=INPUT, Key=key, Body=b"x")
    assert aws.events.get(timeout=5)[1]["Records"][0]["s3"]["configurationId"] == ids[0]


def test_returns_the_policy(aws: Any) -> None:
    (statement,) = json.loads(read(aws, "get_bucket_policy", INPUT)["Policy"])["Statement"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("get_bucket_cors", "NoSuchCORSConfiguration"),
        ("get_bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration"),
        ("get_bucket_tagging", "NoSuchTagSet"),
        ("get_bucket_policy", "NoSuchBucketPolicy"),
        ("get_bucket_policy_status", "NoSuchBucketPolicy"),
        ("get_bucket_website", "NoSuchWebsiteConfiguration"),
        ("get_bucket_replication", "ReplicationConfigurationNotFoundError"),
    ],
)
def test_reports_a_setting_that_the_template_does_not_have(aws: Any, operation: str, code: str) -> None:
    call = getattr(aws.client("s3"), operation)
    assert aws.call_error(call, Bucket=OUTPUT)[:2] == (404, code)


@pytest.mark.parametrize("name", ["analytics", "intelligent_tiering", "inventory", "metrics"])
def test_reports_a_missing_configuration(aws: Any, name: str) -> None:
    call = getattr(aws.client("s3"), f"get_bucket_{name}_configuration")
    error = aws.call_error(call, Bucket=OUTPUT, Id="a")
    assert error == (404, "NoSuchConfiguration", "The specified configuration does not exist.")


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("get_bucket_notification_configuration", {}),
        ("get_bucket_logging", {}),
        ("get_bucket_versioning", {}),
        ("get_bucket_accelerate_configuration", {}),
        (
            "get_public_access_block",
            {
                "PublicAccessBlockConfiguration": dict.fromkeys([*BLOCKS, "RestrictPublicBuckets"], True),
            },
        ),
        (
            "get_bucket_encryption",
            {
                "ServerSideEncryptionConfiguration": {
                    "Rules": [
                        {
                            "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
                            "BucketKeyEnabled": False,
                        }
                    ]
                }
            },
        ),
        (
            "get_bucket_ownership_controls",
            {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
        ),
    ],
)
def test_returns_the_defaults_of_a_new_bucket(aws: Any, operation: str, expected: Any) -> None:
    assert read(aws, operation, OUTPUT) == expected


def test_refuses_to_change_a_setting(aws: Any) -> None:
    message = "Change ?cors in template.yaml, then start the local stack again."
    s3 = aws.client("s3")
    assert aws.call_error(s3.delete_bucket_cors, Bucket=INPUT) == (501, "NotImplemented", message)
    rules = {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
    error = aws.call_error(s3.put_bucket_cors, Bucket=INPUT, CORSConfiguration=rules)
    assert error == (501, "NotImplemented", message)
    assert read(aws, "get_bucket_cors", INPUT) == {"CORSRules": [RULE]}


def test_requires_the_permission_to_read_a_setting(aws: Any) -> None:
    call = aws.client("s3", "WriterFunction").get_bucket_notification_configuration
    message = aws.denial("WriterFunction", "s3:GetBucketNotification", f"arn:aws:s3:::{INPUT}")
    assert aws.call_error(call, Bucket=INPUT) == (403, "AccessDenied", message)


def test_rejects_a_lifecycle_rule_that_it_cannot_translate(template_of: Any) -> None:
    rules = [{"Id": "a", "Status": "Enabled", "Transitions": []}]
    bucket = {"BucketName": "b", "LifecycleConfiguration": {"Rules": rules}}
    with pytest.raises(TemplateError, match="doesn't support Transitions in a lifecycle rule"):
        BucketSettings(template_of({"AWS::S3::Bucket": {"Bucket": bucket}}))
