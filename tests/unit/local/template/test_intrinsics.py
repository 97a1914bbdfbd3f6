from __future__ import annotations

from typing import Any

import pytest

from local.template.intrinsics import NO_VALUE, ResolutionError, resolve
from local.template.template import Template


class FakeTemplate(Template):
    """Resolves each reference to a description of it."""

    def __init__(self) -> None:
        super().__init__({}, {}, {})

    def ref(self, name: str) -> Any:
        return {"Zones": ["a", "b"]}.get(name, f"ref {name}")

    def attribute(self, logical_id: str, name: str) -> str:
        return f"{name} of {logical_id}"

    def condition(self, name: str) -> bool:
        return name == "Yes"

    def mapped(self, name: str, key: str, subkey: str) -> Any:
        return f"{subkey} of {key} in {name}"


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
        ({"Fn::Split": [",", {"Ref": "A"}]}, ["ref A"]),
        ({"Fn::Split": [",", "a,b"]}, ["a", "b"]),
        ({"Fn::If": ["Yes", {"Ref": "A"}, "b"]}, "ref A"),
        ({"Fn::If": ["No", {"Ref": "A"}, "b"]}, "b"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "A"}, "Width"]}, "Width of ref A in Sizes"),
        ({"Fn::FindInMap": ["Sizes", 5, "Width"]}, "Width of 5 in Sizes"),
        ({"Fn::Equals": ["1", 1]}, True),
        ({"Fn::Equals": [{"Ref": "A"}, "b"]}, False),
        ({"Fn::And": [{"Condition": "Yes"}, {"Condition": "No"}]}, False),
        ({"Fn::Or": [{"Condition": "Yes"}, {"Condition": "No"}]}, True),
        ({"Fn::Not": [{"Condition": "Yes"}]}, False),
        ({"Condition": {"Bool": {"Ref": "A"}}}, {"Condition": {"Bool": "ref A"}}),
        ({"Ref": "A", "Other": 1}, {"Ref": "A", "Other": 1}),
    ],
)
def test_resolves_intrinsic_functions(value: Any, expected: Any) -> None:
    assert resolve(value, FakeTemplate()) == expected


def test_rejects_an_unknown_function() -> None:
    with pytest.raises(ResolutionError, match=r"^The local stack doesn't support the function Fn::Cidr\.$"):
        resolve({"Fn::Cidr": "other"}, FakeTemplate())


@pytest.mark.parametrize(
    "address", [("Other", "5", "Width"), ("Sizes", "6", "Width"), ("Sizes", "5", "Height")]
)
def test_rejects_a_value_that_is_not_in_the_mappings(address: tuple[str, str, str]) -> None:
    template = Template({"Mappings": {"Sizes": {"5": {"Width": 1}}}}, {}, {})
    assert template.mapped("Sizes", "5", "Width") == 1
    message = f"^The template maps nothing to {', '.join(address)}\\.$"
    with pytest.raises(ResolutionError, match=message):
        template.mapped(*address)
