"""The matching of CORS rules, beyond what the template uses today."""

from __future__ import annotations

from typing import Any

import pytest

from local.aws.s3_cors import CorsRule


def rule(**more: Any) -> CorsRule:
    default = {"AllowedOrigins": ["https://*.example.com"], "AllowedMethods": ["GET"]}
    return CorsRule.from_template({**default, **more})


@pytest.mark.parametrize(
    ("origin", "fits"),
    [
        ("https://a.example.com", True),
        ("https://a.b.example.com", True),
        ("https://example.com", False),
        ("http://a.example.com", False),
        ("https://a.example.com.evil.org", False),
        ("https://aXexample.com", False),
    ],
)
def test_a_star_in_an_origin_is_any_text(origin: str, fits: bool) -> None:
    assert rule().matches(origin, "GET") is fits


def test_a_star_in_a_header_is_any_text() -> None:
    loose = rule(AllowedHeaders=["x-amz-*", "Content-Type"])
    assert loose.matches("https://a.example.com", "GET", ["x-amz-meta-a", "content-type"])
    assert not loose.matches("https://a.example.com", "GET", ["authorization"])


def test_a_rule_for_anyone_names_nobody() -> None:
    assert rule(AllowedOrigins=["*"]).response_headers("https://a.example.com") == {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "GET",
        "Vary": "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
    }
