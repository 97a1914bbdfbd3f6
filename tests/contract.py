"""What docs/openapi.yaml says of an answer, for the tests of both functions and of the whole stack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker

FILE = Path(__file__).parents[1] / "docs" / "openapi.yaml"
CONTRACT: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
SCHEMAS: dict[str, Any] = CONTRACT["components"]["schemas"]
METHODS = ("get", "post", "put", "patch", "delete")


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference into the contract."""
    for name in node.get("$ref", "").split("/")[1:]:
        node = CONTRACT[name] if node.get("$ref") else node[name]
    return node


def operations() -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, item in CONTRACT["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def check(schema: dict[str, Any], value: Any) -> None:
    whole = {**schema, "components": CONTRACT["components"]}
    Draft202012Validator(whole, format_checker=FormatChecker()).validate(value)


def check_answer(route: str, answer: dict[str, Any]) -> None:
    """Hold an answer against what the contract says about its route, status and media type."""
    response = resolved(operations()[route]["responses"][str(answer["statusCode"])])
    if "content" not in response:
        assert "body" not in answer
        return
    content = response["content"][answer["headers"]["content-type"]]
    check(content["schema"], answer["body"])
