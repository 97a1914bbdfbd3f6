from __future__ import annotations

from pathlib import Path

import pytest

from local.site.headers import site_headers
from local.template.template import Template, TemplateError

ROOT = Path(__file__).parents[4]
API, AWS, SIGN_IN = "http://127.0.0.1:3000", "http://127.0.0.1:4566", "http://127.0.0.1:9000"
UNSUPPORTED = """
Resources:
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig: {SecurityHeadersConfig: {XSSProtection: {Protection: true}}}
"""


def test_returns_the_headers_of_the_template_with_local_urls() -> None:
    parameters = {"SignInIssuer": SIGN_IN, "SignInClientId": "page"}
    assert site_headers(Template.load(ROOT / "template.yaml", parameters), API, AWS, SIGN_IN) == {
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
        "img-src 'self' blob: http://127.0.0.1:4566; "
        "connect-src 'self' http://127.0.0.1:3000 http://127.0.0.1:4566 http://127.0.0.1:9000; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
        "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
    }


def test_rejects_an_unsupported_header(tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(UNSUPPORTED)
    with pytest.raises(TemplateError, match="doesn't support the security header XSSProtection"):
        site_headers(Template.load(file), API, AWS, SIGN_IN)
