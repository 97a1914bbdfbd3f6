"""The server of the page: security headers and caching."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

import pytest

from local.rekognition.detectors.objects import ObjectModels
from local.rekognition.summary import summarize
from local.settings import ROOT
from local.template.template import Template
from tests.stack.client import send

if TYPE_CHECKING:
    from local.stack import Stack


def security_headers(stack: Stack) -> dict[str, str]:
    """Return the headers of the template's policy, with local addresses instead of AWS's."""
    own_site = Template.load(ROOT / "template.yaml", {**stack.template.parameters, "PageOrigin": ""})
    (policy,) = own_site.resources("AWS::CloudFront::ResponseHeadersPolicy").values()
    config = policy["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    content = config["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    buckets = " ".join(
        f"https://{stack.template.outputs[name]}.s3.us-east-1.amazonaws.com"
        for name in ("InputBucketName", "OutputBucketName")
    )
    assert content.count(buckets) == 2  # in img-src and connect-src
    content = content.replace(buckets, stack.aws_url)
    content = content.replace("https://*.execute-api.us-east-1.amazonaws.com", stack.api_url)
    age = config["StrictTransportSecurity"]["AccessControlMaxAgeSec"]
    assert config["StrictTransportSecurity"]["IncludeSubdomains"]
    return {
        "content-security-policy": content.replace(" https:;", f" {stack.sign_in_url};"),
        "strict-transport-security": f"max-age={age}; includeSubDomains",
        "x-content-type-options": "nosniff" if "ContentTypeOptions" in config else "",
        "x-frame-options": config["FrameOptions"]["FrameOption"],
        "referrer-policy": config["ReferrerPolicy"]["ReferrerPolicy"],
    }


@pytest.mark.parametrize(
    ("path", "status"), [("/", 200), ("/index.html", 200), ("/config.json", 200), ("/missing.js", 404)]
)
def test_every_response_has_the_templates_security_headers(stack: Stack, path: str, status: int) -> None:
    response, expected = send("GET", stack.page_url + path), security_headers(stack)
    assert response.status == status
    assert {name: response.headers.get(name) for name in expected} == expected


def test_content_security_policy_is_strict(stack: Stack) -> None:
    response = send("GET", stack.page_url)
    policy = response.headers["content-security-policy"]
    (inline,) = re.findall(b"<script>(.*?)</script>", response.body, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(inline).digest()).decode()
    directives = dict(directive.split(" ", 1) for directive in policy.split("; "))
    assert directives == {
        "default-src": "'none'",
        "script-src": f"'self' 'sha256-{digest}'",
        "style-src": "'self'",
        "font-src": "'self'",
        "img-src": f"'self' blob: {stack.aws_url}",
        "connect-src": f"'self' {stack.api_url} {stack.aws_url} {stack.sign_in_url}",
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }


def test_configuration_is_not_cached(stack: Stack) -> None:
    response = send("GET", f"{stack.page_url}/config.json")
    assert response.document == {
        "apiUrl": stack.api_url,
        "signIn": {
            "issuer": stack.sign_in_url,
            "clientId": "local-page",
            "commandLineClientId": "local-command-line",
        },
        "models": True,
        "engine": summarize(ObjectModels()),
    }
    assert (response.headers["cache-control"], response.headers["content-type"]) == (
        "no-store",
        "application/json",
    )
