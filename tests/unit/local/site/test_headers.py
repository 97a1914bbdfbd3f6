from __future__ import annotations

from pathlib import Path

import pytest

from local.settings import ROOT
from local.site.headers import site_headers
from local.template.template import Template, TemplateError
from tests.cloud import SOURCES

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


def test_originals_of_the_source_bucket_come_from_the_local_s3() -> None:
    template = Template.load(ROOT / "template.yaml", SOURCES)
    headers = site_headers(template, "http://api", "http://s3", "https://id.example.com")
    directives = headers["Content-Security-Policy"].split("; ")
    assert "img-src 'self' blob: http://s3" in directives
    assert "https://archive.s3" not in headers["Content-Security-Policy"]
