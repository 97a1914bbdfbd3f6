from __future__ import annotations

from pathlib import Path

import pytest

from local.site.headers import site_headers
from local.template.template import Template, TemplateError

ROOT = Path(__file__).parents[4]
HERE = ("http://127.0.0.1:3000", "http://127.0.0.1:4566", "http://127.0.0.1:9000")
UNKNOWN = """
Resources:
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig: {SecurityHeadersConfig: {XSSProtection: {Protection: true}}}
"""


def test_the_templates_headers_come_with_this_machines_addresses() -> None:
    given = {"SignInIssuer": HERE[2], "SignInClientId": "page"}
    assert site_headers(Template.load(ROOT / "template.yaml", given), *HERE) == {
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
        "img-src 'self' blob: http://127.0.0.1:4566; "
        "connect-src 'self' http://127.0.0.1:3000 http://127.0.0.1:4566 http://127.0.0.1:9000; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
        "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
    }


def test_a_header_that_is_not_known_here_is_not_left_out_in_silence(tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(UNKNOWN)
    with pytest.raises(TemplateError, match="does not know the security header XSSProtection"):
        site_headers(Template.load(file), *HERE)
