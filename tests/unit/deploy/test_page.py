"""The page's deployment: which files are uploaded, in which order, and how they are cached."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import ANY, Stubber
from moto import mock_aws

from deploy.page import invalidate, main, page_config, remove_old_releases, upload

if TYPE_CHECKING:
    from collections.abc import Iterator

WEB = Path(__file__).resolve().parents[3] / "web"
CONFIG = '{"apiUrl": "https://api.example.com"}'
OUTPUTS = {
    "ApiUrl": "https://api.example.com",
    "SignInIssuer": "https://id.example.com",
    "SignInClientId": "page",
}
PAGE = """<!doctype html>
<link rel="icon" href="icon.svg"><link rel="preload" href="config.json" as="fetch">
<link rel="stylesheet" href="styles/base.css"><script type="module" src="scripts/main.js"></script>
<a href="#main">icon.svg</a><svg><use href="icon.svg#mark"/></svg><a href="https://example.com/icon.svg"></a>"""


@pytest.fixture
def site() -> Iterator[Any]:
    """An S3 client, and an empty bucket for the page."""
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="site")
        yield client


@pytest.fixture
def web(tmp_path: Path) -> Path:
    for name, text in {
        "index.html": PAGE,
        "scripts/main.js": "start();",
        "styles/base.css": "body {}",
        "icon.svg": "<svg/>",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def keys(client: Any) -> list[str]:
    return [entry["Key"] for entry in client.list_objects_v2(Bucket="site")["Contents"]]


def read_page(client: Any) -> str:
    body: bytes = client.get_object(Bucket="site", Key="index.html")["Body"].read()
    return body.decode()


def test_each_file_has_its_media_type_and_cache_control(site: Any, web: Path) -> None:
    release = upload(site, "site", CONFIG, web).release
    assert re.fullmatch("[0-9a-f]{16}", release)
    headers = {}
    for key in keys(site):
        stored = site.get_object(Bucket="site", Key=key)
        headers[key] = (stored["ContentType"], stored["CacheControl"])
    immutable = "public, max-age=31536000, immutable"
    assert headers == {
        "index.html": ("text/html; charset=utf-8", "public, max-age=0, must-revalidate"),
        "config.json": ("application/json", "no-store"),
        f"{release}/scripts/main.js": ("text/javascript; charset=utf-8", immutable),
        f"{release}/styles/base.css": ("text/css; charset=utf-8", immutable),
        f"{release}/icon.svg": ("image/svg+xml", immutable),
    }


def test_the_page_refers_to_the_files_of_its_release(site: Any, web: Path) -> None:
    release = upload(site, "site", CONFIG, web).release
    assert read_page(site) == (
        PAGE.replace('href="icon', f'href="{release}/icon')
        .replace('"styles/', f'"{release}/styles/')
        .replace('"scripts/', f'"{release}/scripts/')
    )


def test_every_reference_of_the_real_page_is_a_file(site: Any) -> None:
    upload(site, "site", CONFIG)
    references = re.findall(r'(?:href|src)="([^"#?:]+)(?=["#?])', read_page(site))
    assert len(references) > 3
    assert set(references) <= set(keys(site))


def test_no_script_of_the_real_page_loads_a_file_by_a_url_relative_to_the_page() -> None:
    """On the site the file is in its release's folder; only `import` is relative to the script."""
    files = {file.relative_to(WEB).as_posix() for file in WEB.rglob("*") if file.is_file()}
    for script in WEB.rglob("*.js"):
        named = set(re.findall(r"""["'`](?:\./)?([\w./-]+)["'`]""", script.read_text()))
        imported = set(re.findall(r"""(?:from|import) *\(?["']\./([\w./-]+)["']""", script.read_text()))
        assert (named - imported) & files <= {"config.json"}, script.name


def test_every_change_creates_a_new_release_and_no_change_keeps_it(site: Any, web: Path) -> None:
    releases = [upload(site, "site", CONFIG, web).release]
    releases.append(upload(site, "site", CONFIG, web).release)
    (web / "icon.svg").rename(web / "mark.svg")
    releases.append(upload(site, "site", CONFIG, web).release)
    (web / "styles" / "base.css").write_text("body { margin: 0 }")
    releases.append(upload(site, "site", CONFIG, web).release)
    assert (releases[0], len(set(releases))) == (releases[1], 3)


def test_uploads_the_page_after_all_files_it_refers_to(site: Any, web: Path) -> None:
    order: list[str] = []
    site.meta.events.register(
        "provide-client-params.s3.PutObject", lambda params, **_: order.append(params["Key"])
    )
    upload(site, "site", CONFIG, web)
    assert order[-2:] == ["config.json", "index.html"]


def test_keeps_the_previous_release_for_open_pages_and_deletes_older_ones(site: Any, web: Path) -> None:
    site.put_object(Bucket="site", Key="scripts/old.js", Body=b"without a release")
    releases = []
    for number in range(3):
        (web / "scripts" / "main.js").write_text(f"start({number});")
        deployment = upload(site, "site", CONFIG, web)
        remove_old_releases(site, "site", deployment)
        releases.append(deployment.release)
    assert {key.partition("/")[0] for key in keys(site)} == {"index.html", "config.json", *releases[1:]}
    unchanged = upload(site, "site", CONFIG, web)
    remove_old_releases(site, "site", unchanged)
    assert f"{releases[1]}/scripts/main.js" in keys(site)


def test_creates_the_config_that_the_page_reads() -> None:
    assert json.loads(page_config(OUTPUTS)) == {
        "apiUrl": "https://api.example.com",
        "signIn": {"issuer": "https://id.example.com", "clientId": "page"},
    }


def test_waits_until_cloudfront_has_invalidated_the_page() -> None:
    client = boto3.client("cloudfront")
    invalidation = {
        "Id": "I1",
        "CreateTime": 0,
        "InvalidationBatch": {"Paths": {"Quantity": 0}, "CallerReference": "x"},
    }
    paths = {"Quantity": 2, "Items": ["/", "/index.html"]}
    with Stubber(client) as stub:
        stub.add_response(
            "create_invalidation",
            {"Location": "x", "Invalidation": {**invalidation, "Status": "InProgress"}},
            {"DistributionId": "D1", "InvalidationBatch": {"Paths": paths, "CallerReference": ANY}},
        )
        for status in ("InProgress", "Completed"):
            stub.add_response(
                "get_invalidation",
                {"Invalidation": {**invalidation, "Status": status}},
                {"DistributionId": "D1", "Id": "I1"},
            )
        invalidate(client, "D1", poll_seconds=0)
        stub.assert_no_pending_responses()


def test_deletes_old_files_after_the_invalidation(
    site: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = {
        **OUTPUTS,
        "SiteBucketName": "site",
        "SiteDistributionId": "D1",
        "SiteUrl": "https://d1.cloudfront.net",
        "UserPoolId": "us-east-1_x",
    }
    template = {
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    boto3.client("cloudformation").create_stack(
        StackName="image-recognition", TemplateBody=json.dumps(template)
    )
    site.put_object(Bucket="site", Key="0123456789abcdef/scripts/main.js", Body=b"old")
    keys_at_invalidation: list[list[str]] = []
    monkeypatch.setattr("deploy.page.invalidate", lambda *_: keys_at_invalidation.append(keys(site)))
    main("default")
    (before,) = keys_at_invalidation
    assert set(before) - set(keys(site)) == {"0123456789abcdef/scripts/main.js"}
    assert json.loads(site.get_object(Bucket="site", Key="config.json")["Body"].read())["signIn"] == {
        "issuer": "https://id.example.com",
        "clientId": "page",
    }
    assert capsys.readouterr().out == (
        "The page is at https://d1.cloudfront.net\nInvite people with: make user EMAIL=person@example.com\n"
    )
