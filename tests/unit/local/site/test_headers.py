from __future__ import annotations

from pathlib import Path

import pytest

from local.site.headers import site_headers
from local.template.template import Template, TemplateError

UNSUPPORTED = """
Resources:
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig: {SecurityHeadersConfig: {XSSProtection: {Protection: true}}}
"""


def test_rejects_an_unsupported_header(tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(UNSUPPORTED)
    with pytest.raises(TemplateError, match="doesn't support the security header XSSProtection"):
        site_headers(Template.load(file), "", "", "")
