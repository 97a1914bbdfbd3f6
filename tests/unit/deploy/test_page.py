"""The page on its site: what is put there, in which order, and what may be kept of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import ANY, Stubber
from moto import mock_aws

from deploy.page import config, invalidate, main, remove_old, upload

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
    """The client of a cloud with an empty bucket for the page."""
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


def page_of(client: Any) -> str:
    body: bytes = client.get_object(Bucket="site", Key="index.html")["Body"].read()
    return body.decode()


def test_each_file_has_its_type_and_may_be_kept_as_long_as_it_stays_the_same(site: Any, web: Path) -> None:
    release = upload(site, "site", CONFIG, web).release
    assert re.fullmatch("[0-9a-f]{16}", release)
    found = {}
    for key in keys(site):
        put = site.get_object(Bucket="site", Key=key)
        found[key] = (put["ContentType"], put["CacheControl"])
    for_ever = "public, max-age=31536000, immutable"
    assert found == {
        "index.html": ("text/html; charset=utf-8", "public, max-age=0, must-revalidate"),
        "config.json": ("application/json", "no-store"),
        f"{release}/scripts/main.js": ("text/javascript; charset=utf-8", for_ever),
        f"{release}/styles/base.css": ("text/css; charset=utf-8", for_ever),
        f"{release}/icon.svg": ("image/svg+xml", for_ever),
    }


def test_the_page_asks_for_the_files_of_its_own_release(site: Any, web: Path) -> None:
    release = upload(site, "site", CONFIG, web).release
    assert page_of(site) == (
        PAGE.replace('href="icon', f'href="{release}/icon')
        .replace('"styles/', f'"{release}/styles/')
        .replace('"scripts/', f'"{release}/scripts/')
    )


def test_every_reference_of_the_real_page_leads_to_a_file(site: Any) -> None:
    upload(site, "site", CONFIG)
    asked = re.findall(r'(?:href|src)="([^"#?:]+)(?=["#?])', page_of(site))
    assert len(asked) > 3
    assert set(asked) <= set(keys(site))


def test_no_script_of_the_real_page_asks_for_a_file_by_its_place_beside_the_page() -> None:
    """On the site it is not there, but in the folder of its release; `import` goes from file to file."""
    files = {file.relative_to(WEB).as_posix() for file in WEB.rglob("*") if file.is_file()}
    for script in WEB.rglob("*.js"):
        asked = set(re.findall(r"""["'`](?:\./)?([\w./-]+)["'`]""", script.read_text()))
        imported = set(re.findall(r"""(?:from|import) *\(?["']\./([\w./-]+)["']""", script.read_text()))
        assert (asked - imported) & files <= {"config.json"}, script.name


def test_a_change_of_any_file_is_a_new_release_and_no_change_is_none(site: Any, web: Path) -> None:
    releases = [upload(site, "site", CONFIG, web).release]
    releases.append(upload(site, "site", CONFIG, web).release)
    (web / "icon.svg").rename(web / "mark.svg")
    releases.append(upload(site, "site", CONFIG, web).release)
    (web / "styles" / "base.css").write_text("body { margin: 0 }")
    releases.append(upload(site, "site", CONFIG, web).release)
    assert (releases[0], len(set(releases))) == (releases[1], 3)


def test_the_page_comes_last_so_that_all_it_asks_for_is_there(site: Any, web: Path) -> None:
    order: list[str] = []
    site.meta.events.register(
        "provide-client-params.s3.PutObject", lambda params, **_: order.append(params["Key"])
    )
    upload(site, "site", CONFIG, web)
    assert order[-2:] == ["config.json", "index.html"]


def test_the_release_before_stays_for_pages_that_are_open_and_older_ones_go(site: Any, web: Path) -> None:
    site.put_object(Bucket="site", Key="scripts/ancient.js", Body=b"of no release")
    releases = []
    for number in range(3):
        (web / "scripts" / "main.js").write_text(f"start({number});")
        put = upload(site, "site", CONFIG, web)
        remove_old(site, "site", put)
        releases.append(put.release)
    assert {key.partition("/")[0] for key in keys(site)} == {"index.html", "config.json", *releases[1:]}
    again = upload(site, "site", CONFIG, web)  # deployed once more, with nothing new
    remove_old(site, "site", again)
    assert f"{releases[1]}/scripts/main.js" in keys(site)


def test_config_json_is_what_the_page_reads() -> None:
    assert json.loads(config(OUTPUTS)) == {
        "apiUrl": "https://api.example.com",
        "signIn": {"issuer": "https://id.example.com", "clientId": "page"},
    }


def test_cloudfront_forgets_the_page_before_the_deployment_is_over() -> None:
    client = boto3.client("cloudfront")
    about = {
        "Id": "I1",
        "CreateTime": 0,
        "InvalidationBatch": {"Paths": {"Quantity": 0}, "CallerReference": "x"},
    }
    paths = {"Quantity": 2, "Items": ["/", "/index.html"]}
    with Stubber(client) as stub:
        stub.add_response(
            "create_invalidation",
            {"Location": "x", "Invalidation": {**about, "Status": "InProgress"}},
            {"DistributionId": "D1", "InvalidationBatch": {"Paths": paths, "CallerReference": ANY}},
        )
        for status in ("InProgress", "Completed"):
            stub.add_response(
                "get_invalidation",
                {"Invalidation": {**about, "Status": status}},
                {"DistributionId": "D1", "Id": "I1"},
            )
        invalidate(client, "D1", seconds_between=0)
        stub.assert_no_pending_responses()


def test_old_files_go_when_nobody_is_given_the_old_page_any_more(
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
    seen: list[list[str]] = []
    monkeypatch.setattr("deploy.page.invalidate", lambda client, distribution: seen.append(keys(site)))
    main("default")
    (during,) = seen
    assert set(during) - set(keys(site)) == {"0123456789abcdef/scripts/main.js"}
    assert json.loads(site.get_object(Bucket="site", Key="config.json")["Body"].read())["signIn"] == {
        "issuer": "https://id.example.com",
        "clientId": "page",
    }
    assert capsys.readouterr().out == (
        "The page is at https://d1.cloudfront.net\nAdd a person: make user EMAIL=person@example.com\n"
    )
