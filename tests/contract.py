"""The API's contract, docs/openapi.yaml, for the tests of the functions and of the whole stack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker

FILE = Path(__file__).parents[1] / "docs" / "openapi.yaml"
CONTRACT: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
SCHEMAS: dict[str, Any] = CONTRACT["components"]["schemas"]
METHODS = ("get", "post", "put", "patch", "delete")


def resolve(node: dict[str, Any]) -> dict[str, Any]:
    """Return the part of the contract that a node refers to, or the node itself if it has no `$ref`."""
    if "$ref" not in node:
        return node
    target = CONTRACT
    for name in node["$ref"].split("/")[1:]:
        target = target[name]
    return target


def operations() -> dict[str, dict[str, Any]]:
    """Return the operations by route, such as `GET /images/{id}`."""
    return {
        f"{method.upper()} {path}": operation
        for path, item in CONTRACT["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def check(schema: dict[str, Any], value: Any) -> None:
    """Validate a value; references in the schema are to the contract. Raises ValidationError."""
    complete = {**schema, "components": CONTRACT["components"]}
    Draft202012Validator(complete, format_checker=FormatChecker()).validate(value)


def check_response(route: str, response: dict[str, Any]) -> None:
    """Validate a response against the schema of its route, status and media type."""
    declared = resolve(operations()[route]["responses"][str(response["statusCode"])])
    for name, header in declared.get("headers", {}).items():
        if name.lower() in response["headers"]:
            text = response["headers"][name.lower()]
            header_schema = resolve(header)["schema"]
            check(header_schema, int(text) if header_schema["type"] == "integer" else text)
    if "content" not in declared:
        assert "body" not in response
        return
    content = declared["content"][response["headers"]["content-type"]]
    check(content["schema"], response["body"])
