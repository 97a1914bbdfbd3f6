"""The parts of the stack that tests of several folders need: its parameters and the catalog's table."""

from __future__ import annotations

from typing import Any

import boto3

from catalog.keys import PENDING_INDEX

CUSTOM_MODEL_ARN = "arn:aws:rekognition:us-east-1:123456789012:project/p/version/v/1"
# the template's parameters that enable every detector
ALL_DETECTORS = {
    "DetectModeration": "true",
    "DetectText": "true",
    "DetectFaces": "true",
    "DetectCelebrities": "true",
    "DetectProtectiveEquipment": "true",
    "DetectProperties": "true",
    "CustomLabelsModelArn": CUSTOM_MODEL_ARN,
}

# the template's parameters for accounts with their own rules, each with a value
ENTERPRISE_OPTIONS = {
    "ApiConcurrency": "20",
    "ProcessorConcurrency": "6",
    "PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/boundary",
    "KmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-4e5f-6789-abcd-ef0123456789",
    "SiteDomainName": "pictures.example.com",
    "SiteCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d",
    "WebAclArn": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/page/0a1b2c3d",
    "AccessLogBucket": "access-logs",
}

EVENTS = {"EventBusName": "default"}  # the template's parameter that publishes events
SOURCES = {"SourceBucket": "archive", "SourcePrefix": "photos/", "SourceOwner": "alice"}
MODELS = {"TrainModels": "true"}  # the one that lets people train models


def create_catalog_table(name: str = "catalog") -> Any:
    """Create a table with the key schema of the template, and return its boto3 resource."""
    return boto3.resource("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
            {"AttributeName": "pendingShard", "AttributeType": "S"},
            {"AttributeName": "uploadedAt", "AttributeType": "S"},
        ],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": PENDING_INDEX,
                "KeySchema": [
                    {"AttributeName": "pendingShard", "KeyType": "HASH"},
                    {"AttributeName": "uploadedAt", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
