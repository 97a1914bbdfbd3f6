"""CloudFront's security headers, read from the template, with the local URLs in place of AWS's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from local.template.names import REGION
from local.template.template import Template, TemplateError

_POLICY = "AWS::CloudFront::ResponseHeadersPolicy"
_AWS_DOMAIN = "amazonaws.com"


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


def site_headers(template: Template, api_url: str, aws_url: str, issuer: str) -> dict[str, str]:
    """Return the headers of every response of the site, for a page that signs in at `issuer`.

    Raises TemplateError if a header isn't supported, or if the template doesn't have exactly one policy.
    """
    policies = list(template.resources(_POLICY).values())
    if len(policies) != 1:
        raise TemplateError(f"The template must have one {_POLICY}. It has {len(policies)}.")
    config = policies[0]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    unsupported = [name for name in config if name not in _HEADERS]
    if unsupported:
        raise TemplateError(f"The local stack doesn't support the security header {unsupported[0]}.")
    headers = {_HEADERS[name][0]: _HEADERS[name][1](value) for name, value in config.items()}
    buckets = [properties["BucketName"] for properties in template.resources("AWS::S3::Bucket").values()]
    buckets.append(template.parameters["SourceBucket"])
    local_urls = {
        f"https://*.execute-api.{REGION}.{_AWS_DOMAIN}": api_url,
        **{f"https://{bucket}.s3.{REGION}.{_AWS_DOMAIN}": aws_url for bucket in buckets},
        # An https issuer's endpoints can be on other hosts; http is only for one on this machine.
        "https:": "https:" if issuer.startswith("https:") else issuer,
    }
    directives = headers["Content-Security-Policy"].split("; ")
    headers["Content-Security-Policy"] = "; ".join(_localize(value, local_urls) for value in directives)
    return headers


def _localize(directive: str, local_urls: Mapping[str, str]) -> str:
    # Remove duplicates: both buckets have the same local URL.
    return " ".join(dict.fromkeys(local_urls.get(source, source) for source in directive.split()))
