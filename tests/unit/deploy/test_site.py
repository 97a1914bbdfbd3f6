"""The page's publication: what is uploaded, in which order, how it is cached, and what a retry completes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from deploy.page import read_page
from deploy.site import Site
from tests.unit.deploy.pages import PICTURES, SERVICES, write_page
from tests.unit.deploy.support import REGION, SESSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONFIG = '{"apiUrl": "https://api.example.com"}'
WRITES = ("PutObject", "DeleteObject", "CreateInvalidation")


class FakeSite:
    """A site in moto that records what changes it, and can fail at a call."""

    def __init__(self, web: Path) -> None:
        self.web = web
        self.s3 = SESSION.client("s3")
        self.s3.create_bucket(Bucket="site", CreateBucketConfiguration={"LocationConstraint": REGION})
        self.cloudfront = SESSION.client("cloudfront")
        self.distribution = self._create_distribution()
        self.calls: list[str] = []
        self.failing_call = ""
        self.statuses: list[str] = []  # of the next invalidation, before it is complete
        self.cloudfront.meta.events.register("after-call.cloudfront.GetInvalidation", self._set_status)
        for client in (self.s3, self.cloudfront):
            for operation in WRITES:
                client.meta.events.register(f"provide-client-params.*.{operation}", self._record)

    def publish(self, config: str = CONFIG) -> bool:
        site = Site(self.s3, self.cloudfront, "site", self.distribution)
        return site.publish(read_page(SERVICES, PICTURES, self.web), config)

    def change_page(self, text: str) -> str:
        """Change a file of the page, and return the new release."""
        (self.web / "scripts" / "main.js").write_text(text)
        return read_page(SERVICES, PICTURES, self.web).release

    def list_keys(self) -> list[str]:
        return [entry["Key"] for entry in self.s3.list_objects_v2(Bucket="site")["Contents"]]

    def invalidations(self) -> int:
        listed = self.cloudfront.list_invalidations(DistributionId=self.distribution)["InvalidationList"]
        return int(listed["Quantity"])

    def _record(self, params: dict[str, Any], model: Any, **_: object) -> None:
        call = f"{model.name} {params['Key']}" if "Key" in params else model.name
        if call == self.failing_call:
            self.failing_call = ""
            raise ClientError({"Error": {"Code": "SlowDown", "Message": "Slow down"}}, model.name)
        self.calls.append(call)

    def _set_status(self, parsed: dict[str, Any], **_: object) -> None:
        """Answer with CloudFront's word; moto's is in capitals."""
        parsed["Invalidation"]["Status"] = self.statuses.pop(0) if self.statuses else "Completed"

    def _create_distribution(self) -> str:
        created = self.cloudfront.create_distribution(
            DistributionConfig={
                "CallerReference": "site",
                "Comment": "",
                "Enabled": True,
                "Origins": {"Quantity": 1, "Items": [{"Id": "s", "DomainName": "s.s3.amazonaws.com"}]},
                "DefaultCacheBehavior": {"TargetOriginId": "s", "ViewerProtocolPolicy": "https-only"},
            }
        )
        return str(created["Distribution"]["Id"])


@pytest.fixture
def site(tmp_path: Path) -> Iterator[FakeSite]:
    with mock_aws():
        yield FakeSite(write_page(tmp_path))


def test_each_file_has_its_media_type_and_cache_control(site: FakeSite) -> None:
    assert site.publish()
    release = read_page(SERVICES, PICTURES, site.web).release
    headers = {}
    for key in site.list_keys():
        stored = site.s3.get_object(Bucket="site", Key=key)
        headers[key] = (stored["ContentType"], stored["CacheControl"])
    immutable = "public, max-age=31536000, immutable"
    assert headers == {
        "index.html": ("text/html; charset=utf-8", "public, max-age=0, must-revalidate"),
        "config.json": ("application/json", "no-store"),
        f"{release}/scripts/main.js": ("text/javascript; charset=utf-8", immutable),
        f"{release}/styles/base.css": ("text/css; charset=utf-8", immutable),
        f"{release}/icon.svg": ("image/svg+xml", immutable),
    }


def test_uploads_the_page_after_its_files_and_deletes_old_files_last(
    site: FakeSite,
) -> None:
    site.s3.put_object(Bucket="site", Key="old/main.js", Body=b"of a release before")
    site.calls.clear()
    site.publish()
    release = read_page(SERVICES, PICTURES, site.web).release
    assert site.calls == [
        f"PutObject {release}/icon.svg",
        f"PutObject {release}/scripts/main.js",
        f"PutObject {release}/styles/base.css",
        "PutObject config.json",
        "PutObject index.html",
        "CreateInvalidation",
        "DeleteObject old/main.js",
        "PutObject index.html",  # marks the release as complete
    ]


def test_waits_until_cloudfront_has_invalidated_the_page(
    site: FakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.polling.POLL_SECONDS", 0.001)
    site.statuses = ["InProgress", "InProgress"]
    site.publish()
    assert site.statuses == []


def test_does_nothing_if_nothing_changed(site: FakeSite) -> None:
    site.publish()
    site.calls.clear()
    assert (site.publish(), site.calls) == (False, [])


def test_a_change_of_the_config_alone_needs_no_invalidation(site: FakeSite) -> None:
    site.publish()
    site.calls.clear()
    assert (site.publish("{}"), site.calls) == (True, ["PutObject config.json"])


def test_an_earlier_page_is_published_again_like_a_new_one(site: FakeSite) -> None:
    for text in ("start(1);", "start(2);", "start(1);"):
        site.change_page(text)
        assert site.publish()
    assert site.invalidations() == 3


@pytest.mark.parametrize("call", ["PutObject config.json", "PutObject index.html", "CreateInvalidation"])
def test_a_retry_completes_an_interrupted_publication(site: FakeSite, call: str) -> None:
    site.publish()
    release = site.change_page("start(1);")
    site.failing_call = call
    with pytest.raises(ClientError):
        site.publish("{}")
    assert site.publish("{}")
    assert site.publish("{}") is False
    assert site.s3.head_object(Bucket="site", Key="index.html")["Metadata"]["release"] == release
    assert site.s3.get_object(Bucket="site", Key="config.json")["Body"].read() == b"{}"
    assert site.invalidations() == 2


def test_an_interrupted_publication_leaves_the_earlier_page(site: FakeSite) -> None:
    site.publish()
    earlier = site.list_keys()
    site.change_page("start(1);")
    site.failing_call = "PutObject index.html"
    with pytest.raises(ClientError):
        site.publish()
    assert set(earlier) < set(site.list_keys())


def test_keeps_the_previous_release_for_open_pages_and_deletes_older_ones(site: FakeSite) -> None:
    releases = []
    for number in range(3):
        releases.append(site.change_page(f"start({number});"))
        site.publish()
    site.publish()
    assert {key.partition("/")[0] for key in site.list_keys()} == {"index.html", "config.json", *releases[1:]}
