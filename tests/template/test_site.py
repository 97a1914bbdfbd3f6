"""The site: a private bucket behind CloudFront, with strict security headers."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import pytest

from local.settings import ROOT
from local.site.bundle.publication import INDEX, page_files, publish
from local.template.template import Template
from tests.cloud import ENTERPRISE_OPTIONS
from tests.template.support import OTHER_PROVIDER, broken_rules, load

PAGE = "http://127.0.0.1:8080"


def inline_script_digest() -> str:
    """Return the source expression that permits the script in the published index.html."""
    files = {name: path.read_bytes() for name, path in page_files(ROOT / "web").items()}
    index = publish(files, ("https://api.example.com",), "https://pictures.example.com")[INDEX]
    (script,) = re.findall(b"<script>(.*?)</script>", index, re.DOTALL)
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"


@pytest.mark.parametrize(
    ("parameters", "sign_in"),
    [
        ({}, "https://cognito-idp.us-east-1.amazonaws.com https://*.auth.us-east-1.amazoncognito.com"),
        (OTHER_PROVIDER, "https:"),
    ],
)
def test_the_site_sends_strict_headers(parameters: dict[str, str], sign_in: str) -> None:
    template = load(**parameters)
    (policy,) = template.resources("AWS::CloudFront::ResponseHeadersPolicy").values()
    buckets = " ".join(
        f"https://local-{kind}-123456789012-us-east-1.s3.us-east-1.amazonaws.com"
        for kind in ("input", "output")
    )
    content = (
        f"default-src 'none'; script-src 'self' {inline_script_digest()}; style-src 'self'; font-src 'self'; "
        f"img-src 'self' blob: {buckets}; "
        f"connect-src 'self' https://*.execute-api.us-east-1.amazonaws.com {buckets} {sign_in}; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert policy["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"] == {
        "ContentSecurityPolicy": {"Override": True, "ContentSecurityPolicy": content},
        "StrictTransportSecurity": {
            "Override": True,
            "AccessControlMaxAgeSec": 63072000,
            "IncludeSubdomains": True,
        },
        "ContentTypeOptions": {"Override": True},
        "FrameOptions": {"Override": True, "FrameOption": "DENY"},
        "ReferrerPolicy": {"Override": True, "ReferrerPolicy": "no-referrer"},
    }


def test_the_site_is_a_private_bucket_behind_cloudfront(template: Template) -> None:
    (access,) = template.resources("AWS::CloudFront::OriginAccessControl").values()
    assert access["OriginAccessControlConfig"] == {
        "Name": "local-us-east-1",
        "OriginAccessControlOriginType": "s3",
        "SigningBehavior": "always",
        "SigningProtocol": "sigv4",
    }
    (distribution,) = template.resources("AWS::CloudFront::Distribution").values()
    config = distribution["DistributionConfig"]
    assert (config["HttpVersion"], config["DefaultRootObject"]) == ("http2and3", "index.html")
    (origin,) = config["Origins"]
    assert (origin["OriginAccessControlId"], origin["S3OriginConfig"]) == (
        "SiteAccess",
        {"OriginAccessIdentity": ""},
    )
    uncached = {"PathPattern": "config.json", "CachePolicyId": CACHING_DISABLED}
    assert [config["DefaultCacheBehavior"], *config["CacheBehaviors"]] == [
        {
            "TargetOriginId": origin["Id"],
            "ViewerProtocolPolicy": "redirect-to-https",
            "Compress": True,
            "CachePolicyId": CACHING_OPTIMIZED,
            "ResponseHeadersPolicyId": "SiteHeaders",
            **changes,
        }
        for changes in ({}, uncached)
    ]


CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"


OWN_DOMAIN = {
    "SiteDomainName": "pictures.example.com",
    "SiteCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d",
}


@pytest.mark.parametrize(
    ("parameters", "url"),
    [
        ({}, "https://sitedistribution.cloudfront.net"),
        (OWN_DOMAIN, "https://pictures.example.com"),
        ({"PageOrigin": PAGE}, PAGE),
    ],
)
def test_the_pages_origin_is_the_same_everywhere(parameters: dict[str, str], url: str) -> None:
    template = load(**parameters)
    assert broken_rules(**parameters) == []
    assert template.outputs["SiteUrl"] == url
    api = template.resources("AWS::ApiGatewayV2::Api")["HttpApi"]
    assert api["Body"]["x-amazon-apigateway-cors"]["allowOrigins"] == [url]
    buckets = template.resources("AWS::S3::Bucket")
    for name in ("InputBucket", "OutputBucket"):
        (rule,) = buckets[name]["CorsConfiguration"]["CorsRules"]
        assert rule["AllowedOrigins"] == [url]
    client = template.resources("AWS::Cognito::UserPoolClient")["UserPoolClient"]
    assert client["CallbackURLs"] == client["LogoutURLs"] == [f"{url}/"]
    (pool,) = template.resources("AWS::Cognito::UserPool").values()
    invitation = pool["AdminCreateUserConfig"]["InviteMessageTemplate"]["EmailMessage"]
    assert f'<a href="{url}/">{url}/</a>' in invitation


def test_an_own_domain_has_its_certificate_and_modern_tls() -> None:
    template = load(**OWN_DOMAIN)
    (distribution,) = template.resources("AWS::CloudFront::Distribution").values()
    config = distribution["DistributionConfig"]
    assert config["Aliases"] == ["pictures.example.com"]
    assert config["ViewerCertificate"] == {
        "AcmCertificateArn": OWN_DOMAIN["SiteCertificateArn"],
        "SslSupportMethod": "sni-only",
        "MinimumProtocolVersion": "TLSv1.2_2021",
    }
    assert template.outputs["SiteDistributionDomainName"] == "sitedistribution.cloudfront.net"


def test_without_an_own_domain_the_site_has_cloudfronts(template: Template) -> None:
    (distribution,) = template.resources("AWS::CloudFront::Distribution").values()
    config = distribution["DistributionConfig"]
    assert config["ViewerCertificate"] == {"CloudFrontDefaultCertificate": True}
    assert "Aliases" not in config
    assert "SiteDistributionDomainName" not in template.outputs


BOTH_OR_NEITHER = "Set both SiteDomainName and SiteCertificateArn, or neither."
OWN_SITE_ONLY = (
    "SiteDomainName, SiteCertificateArn and WebAclArn are only for a page that this stack serves. "
    "Don't set them with PageOrigin."
)
WEB_ACL = {"WebAclArn": ENTERPRISE_OPTIONS["WebAclArn"]}


@pytest.mark.parametrize(
    ("parameters", "problems"),
    [
        ({"SiteDomainName": OWN_DOMAIN["SiteDomainName"]}, [BOTH_OR_NEITHER]),
        ({"SiteCertificateArn": OWN_DOMAIN["SiteCertificateArn"]}, [BOTH_OR_NEITHER]),
        (OWN_DOMAIN | {"PageOrigin": PAGE}, [OWN_SITE_ONLY]),
        (WEB_ACL | {"PageOrigin": PAGE}, [OWN_SITE_ONLY]),
        (OWN_DOMAIN | WEB_ACL, []),
    ],
)
def test_options_of_the_site_that_exclude_each_other(parameters: dict[str, str], problems: list[str]) -> None:
    assert broken_rules(**parameters) == problems


def test_a_page_that_is_hosted_elsewhere_needs_no_site(source: dict[str, Any]) -> None:
    template = load(PageOrigin=PAGE)
    site = {name: entry["Type"] for name, entry in source["Resources"].items() if name.startswith("Site")}
    assert sorted(site) == ["SiteAccess", "SiteBucket", "SiteBucketPolicy", "SiteDistribution", "SiteHeaders"]
    assert [name for name, kind in site.items() if name in template.resources(kind)] == []
    assert [name for name in template.outputs if name.startswith("Site")] == ["SiteUrl"]
