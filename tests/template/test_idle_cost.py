"""A stack that nobody uses costs nothing, unless an option was chosen whose price its parameter names."""

from __future__ import annotations

from typing import Any

import pytest

from local.template.template import Template
from tests.template import variants

# What each type of resource is billed for, as long as nothing uses it.
FREE = {
    "AWS::ApiGatewayV2::Api": "by request",
    "AWS::ApiGatewayV2::Stage": "by request",
    "AWS::Budgets::Budget": "free without actions",
    "AWS::CloudFront::Distribution": "by request and byte",
    "AWS::CloudFront::OriginAccessControl": "free",
    "AWS::CloudFront::ResponseHeadersPolicy": "free",
    "AWS::Cognito::ManagedLoginBranding": "free",
    "AWS::Cognito::UserPool": "by the people who sign in",
    "AWS::Cognito::UserPoolClient": "free",
    "AWS::Cognito::UserPoolDomain": "free",
    "AWS::Cognito::UserPoolResourceServer": "free; each client that make client creates is billed",
    "AWS::DynamoDB::Table": "by request, if it is on demand",
    "AWS::Events::Rule": "free; the recovery runs for less than a second an hour if nothing is pending",
    "AWS::IAM::Role": "free",
    "AWS::Lambda::EventInvokeConfig": "free",
    "AWS::Lambda::EventSourceMapping": "free; its polls are fewer than SQS's free million requests a month",
    "AWS::Lambda::Function": "by invocation, if its concurrency isn't provisioned",
    "AWS::Lambda::LayerVersion": "free",
    "AWS::Lambda::Permission": "free",
    "AWS::Logs::LogGroup": "by byte",
    "AWS::Logs::MetricFilter": "free; its metric only while it has data",
    "AWS::S3::Bucket": "by request and byte",
    "AWS::S3::BucketPolicy": "free",
    "AWS::SNS::Subscription": "by message; email is free up to 1,000 a month",
    "AWS::SNS::Topic": "by message",
    "AWS::SQS::Queue": "by request",
    "AWS::SQS::QueuePolicy": "free",
}
BILLED_WHILE_IDLE = {
    "AWS::ApplicationAutoScaling::ScalableTarget": "the capacity that it provisions",
    "AWS::CloudWatch::Alarm": "$0.10 a month for each metric",
    "AWS::CloudWatch::CompositeAlarm": "$0.50 a month",
    "AWS::CloudWatch::Dashboard": "$3 a month, after the account's first three",
    "AWS::EC2::NatGateway": "by hour",
    "AWS::EC2::VPCEndpoint": "by hour",
    "AWS::KMS::Key": "$1 a month",
    "AWS::KMS::ReplicaKey": "$1 a month",
    "AWS::Route53::HostedZone": "$0.50 a month",
    "AWS::SecretsManager::Secret": "$0.40 a month",
    "AWS::WAFv2::WebACL": "$5 a month",
}


def types(document: dict[str, Any]) -> set[str]:
    return {resource["Type"] for resource in document["Resources"].values()}


def test_it_is_known_for_every_type_of_resource_whether_it_is_billed_while_idle(
    transformed: dict[str, Any],
) -> None:
    assert FREE.keys() & BILLED_WHILE_IDLE.keys() == set()
    assert types(transformed) - FREE.keys() - BILLED_WHILE_IDLE.keys() == set()


def test_a_stack_without_options_has_nothing_that_is_billed_while_idle(transformed: dict[str, Any]) -> None:
    assert types(variants.decided(transformed, {})) & BILLED_WHILE_IDLE.keys() == set()


@pytest.mark.parametrize("parameters", variants.CHOICES)
def test_only_alarms_and_the_dashboard_are_billed_while_idle(parameters: dict[str, str]) -> None:
    document = variants.decided(variants.transformed(parameters), parameters)
    alarms = {"AWS::CloudWatch::Alarm"} if {"AlarmEmail", "AlarmTopicArn"} & parameters.keys() else set()
    dashboard = {"AWS::CloudWatch::Dashboard"} if "Dashboard" in parameters else set()
    assert types(document) & BILLED_WHILE_IDLE.keys() == alarms | dashboard


def test_no_capacity_is_provisioned(all_detectors: Template) -> None:
    """Nor is anything else billed by the hour that isn't a resource of its own."""
    for function in all_detectors.resources("AWS::Lambda::Function").values():
        assert function.keys() & {"SnapStart", "VpcConfig", "FileSystemConfigs"} == set()
    assert (
        all_detectors.resources("AWS::Lambda::Alias") == all_detectors.resources("AWS::Lambda::Version") == {}
    )
    for table in all_detectors.resources("AWS::DynamoDB::Table").values():
        assert (table["BillingMode"], table.get("ProvisionedThroughput")) == ("PAY_PER_REQUEST", None)
        assert "ContributorInsightsSpecification" not in table
