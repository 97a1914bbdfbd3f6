from __future__ import annotations

from typing import Any

import pytest

from local.template.intrinsics import NO_VALUE, UnknownInTemplate, resolve


class Scope:
    """A template that answers with what was asked."""

    def ref(self, name: str) -> Any:
        return {"Zones": ["a", "b"]}.get(name, f"ref {name}")

    def attribute(self, logical_id: str, name: str) -> Any:
        return f"{name} of {logical_id}"

    def condition(self, name: str) -> bool:
        return name == "Yes"

    def mapping(self, name: str, first: str, second: str) -> Any:
        return f"{name}/{first}/{second}"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", "text"),
        ([1, None, True], [1, None, True]),
        ({"Ref": "Bucket"}, "ref Bucket"),
        ({"Ref": "AWS::NoValue"}, NO_VALUE),
        ({"Key": {"Ref": "AWS::NoValue"}, "Other": 1}, {"Other": 1}),
        ([{"Ref": "AWS::NoValue"}, 1], [1]),
        ({"Fn::GetAtt": ["Bucket", "Arn"]}, "Arn of Bucket"),
        ({"Fn::GetAtt": "Bucket.Arn"}, "Arn of Bucket"),
        ({"Fn::Sub": "${Bucket}/${Bucket.Arn}/${!Kept}/*"}, "ref Bucket/Arn of Bucket/${Kept}/*"),
        ({"Fn::Sub": ["${Own}-${Bucket}", {"Own": {"Ref": "Table"}}]}, "ref Table-ref Bucket"),
        ({"Fn::Join": ["-", ["a", {"Ref": "B"}, 3]]}, "a-ref B-3"),
        ({"Fn::Join": [",", {"Ref": "Zones"}]}, "a,b"),
        ({"Fn::Select": [1, {"Ref": "Zones"}]}, "b"),
        ({"Fn::Split": ["|", "a|b"]}, ["a", "b"]),
        ({"Fn::FindInMap": ["Map", {"Ref": "A"}, "b"]}, "Map/ref A/b"),
        ({"Fn::Base64": "é"}, "w6k="),
        ({"Fn::If": ["Yes", {"Ref": "A"}, "b"]}, "ref A"),
        ({"Fn::If": ["No", {"Ref": "A"}, "b"]}, "b"),
        ({"Fn::Equals": ["1", 1]}, True),
        ({"Fn::Equals": [{"Ref": "A"}, "b"]}, False),
        ({"Fn::And": [{"Condition": "Yes"}, {"Condition": "No"}]}, False),
        ({"Fn::Or": [{"Condition": "Yes"}, {"Condition": "No"}]}, True),
        ({"Fn::Not": [{"Condition": "Yes"}]}, False),
        ({"Condition": {"Bool": {"Ref": "A"}}}, {"Condition": {"Bool": "ref A"}}),
        ({"Ref": "A", "Other": 1}, {"Ref": "A", "Other": 1}),
    ],
)
def test_functions_are_answered(value: Any, expected: Any) -> None:
    assert resolve(value, Scope()) == expected


def test_an_unknown_function_is_named() -> None:
    with pytest.raises(UnknownInTemplate, match=r"^The local stack does not know the function Fn::Cidr\.$"):
        resolve({"Fn::Cidr": "other"}, Scope())
