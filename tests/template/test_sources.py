"""Pictures of a source bucket: what the parameters grant and add, and that nothing is there without them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from common.auth import owner_name
from local.template.parameters import ParameterError
from local.template.template import Template
from tests.cloud import MODELS, SOURCES
from tests.template.support import allowed, broken_rules, load

OBJECTS = ("s3:GetObject", "arn:aws:s3:::archive/photos/*")
BUCKET = ("s3:ListBucket", "arn:aws:s3:::archive")
ROLES = {"ProcessorFunctionRole", "ImagesFunctionRole", "TrainerFunctionRole"}
CHANGED = {"ProcessorFunction", "SiteHeaders", *ROLES}
NEW = {"SourceRule", "SourceRulePermission"}


def resources(template: Template, source: Any) -> dict[str, Any]:
    types = {resource["Type"] for resource in source["Resources"].values()}
    created = {"AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping", "AWS::IAM::Role"}
    return {name: entry for kind in types | created for name, entry in template.resources(kind).items()}


def test_only_the_rule_and_the_permissions_are_added(source: Any) -> None:
    before = resources(load(**MODELS), source)
    after = resources(load(**MODELS, **SOURCES), source)
    assert after.keys() - before.keys() == NEW
    assert {name for name in before if before[name] != after[name]} == CHANGED


def test_without_a_bucket_nothing_is_granted(source: Any) -> None:
    template = load(**MODELS)
    assert NEW & resources(template, source).keys() == set()
    for function in ("ProcessorFunction", "ImagesFunction", "TrainerFunction"):
        arns = [resource for action, resource in allowed(template, function) if action[:3] == "s3:"]
        assert {arn.partition("/")[0] for arn in arns} <= {
            "arn:aws:s3:::local-input-123456789012-us-east-1",
            "arn:aws:s3:::local-output-123456789012-us-east-1",
        }


@pytest.mark.parametrize(
    ("function", "granted"),
    [
        ("ProcessorFunction", {OBJECTS, BUCKET}),
        ("ImagesFunction", {OBJECTS, BUCKET}),
        ("TrainerFunction", {OBJECTS}),
        ("PresignFunction", set()),
        ("RecoveryFunction", set()),
        ("ModelsFunction", set()),
    ],
)
def test_objects_can_only_be_read_and_only_below_the_prefix(function: str, granted: Any) -> None:
    assert allowed(load(**MODELS, **SOURCES), function) - allowed(load(**MODELS), function) == granted


def test_without_an_owner_new_objects_do_not_follow(source: Any) -> None:
    template = load(SourceBucket="archive")
    assert NEW & resources(template, source).keys() == set()
    assert ("s3:GetObject", "arn:aws:s3:::archive/*") in allowed(template, "ProcessorFunction")


def test_the_rule_passes_on_what_the_processor_reads() -> None:
    template = load(**SOURCES)
    rule = template.resources("AWS::Events::Rule")["SourceRule"]
    assert rule["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": ["archive"]}, "object": {"key": [{"prefix": "photos/"}]}},
    }
    (target,) = rule["Targets"]
    transformer = target["InputTransformer"]
    filled = re.sub("<([a-z]+)>", lambda match: json.dumps(match[1]), transformer["InputTemplate"])
    names = ["bucket", "key", "size", "etag", "time"]
    assert json.loads(filled) == {"sourceObject": {"owner": "alice", **{name: name for name in names}}}
    assert [*transformer["InputPathsMap"]] == names
    permission = template.resources("AWS::Lambda::Permission")["SourceRulePermission"]
    assert (permission["Principal"], permission["FunctionName"]) == (
        "events.amazonaws.com",
        "ProcessorFunction",
    )


def test_without_a_prefix_the_rule_has_the_whole_bucket() -> None:
    rule = load(SourceBucket="archive", SourceOwner="alice").resources("AWS::Events::Rule")["SourceRule"]
    assert rule["EventPattern"]["detail"] == {"bucket": {"name": ["archive"]}}


def test_the_page_may_show_originals_of_the_bucket() -> None:
    headers = load(PageOrigin="", **SOURCES).resources("AWS::CloudFront::ResponseHeadersPolicy")[
        "SiteHeaders"
    ]
    security = headers["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    policy = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    directives = dict(directive.split(" ", 1) for directive in policy.split("; "))
    host = "https://archive.s3.us-east-1.amazonaws.com"
    assert [name for name, value in directives.items() if host in value.split()] == ["img-src", "connect-src"]


@pytest.mark.parametrize("parameters", [{"SourcePrefix": "photos/"}, {"SourceOwner": "alice"}])
def test_a_prefix_or_an_owner_needs_a_bucket(parameters: dict[str, str]) -> None:
    assert broken_rules(**parameters) == [
        "SourcePrefix and SourceOwner need SourceBucket, the bucket that they are about."
    ]
    assert broken_rules(**{**SOURCES, **parameters}) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SourceBucket", "s3://archive"),
        ("SourceBucket", "my.archive"),
        ("SourcePrefix", "photos/*"),
        ("SourcePrefix", 'a"b'),
        ("SourcePrefix", "${aws:username}"),
        ("SourcePrefix", "photos/№ 1/"),
        ("SourcePrefix", "a\nb"),
        ("SourcePrefix", "a" * 513),
        ("SourceOwner", "auth0|alice"),
        ("SourceOwner", "a" * 65),
        ("SourceOwner", "s-alice"),
        ("SourceOwner", owner_name("auth0|alice") + "a"),
    ],
)
def test_refuses_what_the_deployment_or_the_policies_would_misread(name: str, value: str) -> None:
    with pytest.raises(ParameterError):
        load(**{**SOURCES, name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SourcePrefix", "Räuber/[1] {a} (b), c;d=e&f'g!#%-.jpg:@^_`|~ÿ+"),
        ("SourcePrefix", "a" * 512),
        ("SourceOwner", "0b1f7c52-6d0e-4d3c-9a53-6c2f7b0f2a11"),
        ("SourceOwner", "a" * 64),
        ("SourceOwner", "s_alice"),
        ("SourceOwner", owner_name("auth0|alice")),
        ("SourceOwner", owner_name("s-alice")),
    ],
)
def test_accepts_every_owner_and_what_policies_can_say(name: str, value: str) -> None:
    load(**{**SOURCES, name: value})
