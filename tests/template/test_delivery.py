"""docs/delivery.md lists the permissions that a deployment of the template needs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

GUIDE = Path(__file__).resolve().parents[2] / "docs/delivery.md"
IAM_PREFIXES = {"ApiGatewayV2": "apigateway", "Cognito": "cognito-idp"}  # others are the lower-case service


def test_the_deployment_role_may_manage_every_service_of_the_template(transformed: dict[str, Any]) -> None:
    services = {resource["Type"].split("::")[1] for resource in transformed["Resources"].values()}
    needed = {IAM_PREFIXES.get(service, service.lower()) for service in services} | {"cloudformation"}
    (table,) = re.findall(r"^\| actions .*?\n\n", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    actions = " ".join(row.split("|")[1] for row in table.splitlines() if row)
    assert set(re.findall(r"`([a-z0-9-]+):", actions)) == needed
