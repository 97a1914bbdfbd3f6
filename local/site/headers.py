"""The security headers that CloudFront adds, from the template, with this machine's addresses in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from local.template.names import REGION
from local.template.template import Template, TemplateError

_POLICY = "AWS::CloudFront::ResponseHeadersPolicy"
_SUFFIX = "amazonaws.com"


def _strict_transport_security(value: Mapping[str, Any]) -> str:
    subdomains = "; includeSubDomains" if value.get("IncludeSubdomains") else ""
    return f"max-age={value['AccessControlMaxAgeSec']}{subdomains}"


_HEADERS: dict[str, tuple[str, Callable[[Mapping[str, Any]], str]]] = {
    "ContentSecurityPolicy": ("Content-Security-Policy", lambda value: str(value["ContentSecurityPolicy"])),
    "StrictTransportSecurity": ("Strict-Transport-Security", _strict_transport_security),
    "ContentTypeOptions": ("X-Content-Type-Options", lambda value: "nosniff"),
    "FrameOptions": ("X-Frame-Options", lambda value: str(value["FrameOption"])),
    "ReferrerPolicy": ("Referrer-Policy", lambda value: str(value["ReferrerPolicy"])),
}


def site_headers(template: Template, api_url: str, aws_url: str, sign_in_url: str) -> dict[str, str]:
    """Give the headers of every answer of the site.

    Raises TemplateError for a header that the local stack does not know, or where there is not one policy.
    """
    policies = list(template.resources(_POLICY).values())
    if len(policies) != 1:
        raise TemplateError(f"The local stack knows one {_POLICY}; the template has {len(policies)}.")
    config = policies[0]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    unknown = [name for name in config if name not in _HEADERS]
    if unknown:
        raise TemplateError(f"The local stack does not know the security header {unknown[0]}.")
    headers = {_HEADERS[name][0]: _HEADERS[name][1](value) for name, value in config.items()}
    here = {
        f"https://*.execute-api.{REGION}.{_SUFFIX}": api_url,
        **{f"https://{bucket}.s3.{REGION}.{_SUFFIX}": aws_url for bucket in _buckets(template)},
        "https:": sign_in_url,
    }
    policy = headers["Content-Security-Policy"].split("; ")
    headers["Content-Security-Policy"] = "; ".join(_directive(directive, here) for directive in policy)
    return headers


def _buckets(template: Template) -> list[str]:
    return [str(properties["BucketName"]) for properties in template.resources("AWS::S3::Bucket").values()]


def _directive(directive: str, here: Mapping[str, str]) -> str:
    # each address once: both buckets are at the one AWS endpoint
    return " ".join(dict.fromkeys(here.get(source, source) for source in directive.split()))
