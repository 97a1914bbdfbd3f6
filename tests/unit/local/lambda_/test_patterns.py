"""Filter criteria."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.lambda_.patterns import matches, parse_pattern
from local.template.template import TemplateError

EVENT = {
    "eventName": "MODIFY",
    "dynamodb": {"Keys": {"sk": {"S": "IMAGE#1"}}, "NewImage": {"n": {"N": "1"}, "flag": {"BOOL": True}}},
    "list": ["a", "b"],
}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({"eventName": ["INSERT", "MODIFY"]}, True),
        ({"eventName": ["INSERT"]}, False),
        ({"eventName": [{"prefix": "MOD"}]}, True),
        ({"eventName": [{"prefix": "X"}, "MODIFY"]}, True),
        ({"eventName": [{"anything-but": ["INSERT"]}]}, True),
        ({"eventName": [{"anything-but": ["INSERT", "MODIFY"]}]}, False),
        ({"missing": [{"anything-but": ["INSERT"]}]}, False),
        ({"dynamodb": {"Keys": {"sk": {"S": [{"prefix": "IMAGE#"}]}}}}, True),
        ({"dynamodb": {"OldImage": {"n": {"N": [{"exists": False}]}}}}, True),
        ({"dynamodb": {"NewImage": {"n": {"N": [{"exists": False}]}}}}, False),
        ({"dynamodb": {"NewImage": {"n": {"N": [{"exists": True}]}}}}, True),
        ({"dynamodb": {"NewImage": {"n": [{"exists": True}]}}}, False),  # not a leaf
        ({"dynamodb": {"NewImage": {"n": {"N": [1]}}}}, False),  # a number isn't its text
        ({"dynamodb": {"NewImage": {"flag": {"BOOL": [True]}}}}, True),
        ({"dynamodb": {"NewImage": {"flag": {"BOOL": [1]}}}}, False),
        ({"eventName": {"deeper": ["x"]}}, False),
        ({"list": ["b"]}, True),
        ({"list": ["c"]}, False),
        ({"eventName": ["MODIFY"], "list": ["c"]}, False),
    ],
)
def test_matches_as_lambda_does(pattern: Any, expected: bool) -> None:
    assert matches(parse_pattern(json.dumps(pattern)), EVENT) is expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{"a": [{"numeric": [">", 1]}]}',
            'The local stack doesn\'t support {"numeric": [">", 1]}, in the filter '
            '\'{"a": [{"numeric": [">", 1]}]}\'. '
            "It supports values, and the operators prefix, exists, anything-but.",
        ),
        ("[1]", "The filter '[1]' must have objects, and lists of values in them."),
        ('{"a": 1}', "The filter '{\"a\": 1}' must have objects, and lists of values in them."),
        ("{}", "The filter '{}' must have objects, and lists of values in them."),
    ],
)
def test_refuses_what_it_does_not_support(text: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        parse_pattern(text)
    assert str(caught.value) == message


def test_refuses_what_is_not_json() -> None:
    with pytest.raises(TemplateError, match=r"^The filter '\{' isn't JSON: .+\.$"):
        parse_pattern("{")
