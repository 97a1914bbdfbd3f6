"""The stack is deployed only to regions that have the services it needs."""

from __future__ import annotations

import re
from typing import Any

import boto3
import pytest

from local.settings import ROOT
from local.template.names import PSEUDO_PARAMETERS
from tests.template.support import TEMPLATE, broken_rules

SERVICES = ("rekognition", "cognito-idp", "lambda", "apigatewayv2", "dynamodb", "sqs", "s3")
PARTITIONS = ("aws", "aws-us-gov")
NO_REKOGNITION = (
    "Amazon Rekognition isn't available in this region. "
    "Deploy to one that has it, such as us-east-1, eu-west-1 or ap-northeast-1."
)
NO_CLOUDFRONT = (
    "GovCloud has no CloudFront, so this stack can't serve the page there. "
    "Set PageOrigin to where you host it."
)

NO_CUSTOM_LABELS = (
    "Rekognition Custom Labels isn't available in this region. Set TrainModels to false, "
    "or deploy to a region that has it, such as us-east-1, eu-west-1 or ap-northeast-1."
)


def test_the_supported_regions_are_those_with_every_service(source: dict[str, Any]) -> None:
    (assertion,) = source["Rules"]["SupportedRegion"]["Assertions"]
    supported, _ = assertion["Assert"]["Fn::Contains"]
    session = boto3.Session()
    with_every_service = [
        set.intersection(
            *(set(session.get_available_regions(name, partition_name=partition)) for name in SERVICES)
        )
        for partition in PARTITIONS
    ]
    assert len(supported) == len(set(supported))
    assert set(supported) == set.union(*with_every_service)


def test_each_region_with_custom_labels_is_supported_and_documented(source: dict[str, Any]) -> None:
    def regions(rule: str) -> list[str]:
        (assertion,) = source["Rules"][rule]["Assertions"]
        found: list[str] = assertion["Assert"]["Fn::Contains"][0]
        return found

    assert set(regions("CustomLabelsRegion")) < set(regions("SupportedRegion"))
    text = (ROOT / "docs/models.md").read_text(encoding="utf-8")
    assert f"({', '.join(regions('CustomLabelsRegion'))})" in " ".join(text.split())


@pytest.mark.parametrize(
    ("region", "parameters", "problems"),
    [
        ("us-east-1", {}, []),
        ("eu-north-1", {}, [NO_REKOGNITION]),
        ("us-gov-west-1", {"PageOrigin": "https://pictures.example.com"}, []),
        ("us-gov-west-1", {}, [NO_CLOUDFRONT]),
        ("ap-south-1", {"TrainModels": "true"}, []),
        ("ca-central-1", {"TrainModels": "true"}, [NO_CUSTOM_LABELS]),
        ("ca-central-1", {}, []),
    ],
)
def test_a_region_without_the_services_is_refused(
    region: str, parameters: dict[str, str], problems: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PSEUDO_PARAMETERS, "AWS::Region", region)
    assert broken_rules(**parameters) == problems


def test_no_arn_or_host_is_of_a_single_partition() -> None:
    text = TEMPLATE.read_text(encoding="utf-8")
    fixed = re.findall(r"arn:aws\b|[\w.-]+\.amazonaws\.com\b", text)
    # these are the same everywhere
    principals = re.findall(r"(?:Service|Principal): ([\w.-]+\.amazonaws\.com)\b", text)
    assert sorted(fixed) == sorted(principals)
