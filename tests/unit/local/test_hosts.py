from __future__ import annotations

from http import HTTPStatus

import pytest

from local.hosts import OwnNames, find_refusal

URL = "http://127.0.0.1:8080"
NAMES = OwnNames()
AWS_NAMES = OwnNames({"host.docker.internal"}, suffix=".localhost")
BOUND = ("127.0.0.1", "127.0.0.1")


def refuse(
    *hosts: str, target: str = "/", names: OwnNames = NAMES, addresses: tuple[str, ...] = BOUND
) -> tuple[HTTPStatus, str] | None:
    return find_refusal(hosts, target, names, addresses, URL)


def misdirected(shown: str) -> tuple[HTTPStatus, str]:
    return HTTPStatus.MISDIRECTED_REQUEST, f"This server isn't called {shown}. Use {URL} instead."


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.0.0.1:8080", "127.0.0.1:80", "127.0.0.1:", "127.0.0.2", " 127.0.0.1 "),
        *("localhost", "LocalHost:8080", "localhost.", "localhost.:8080"),
        *("[::1]", "[::1]:8080", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]"),
    ],
)
def test_every_server_has_the_names_of_the_loopback_interface(host: str) -> None:
    assert refuse(host) is None


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example"),
        *("evil-localhost", "localhost:8080.evil.example", "localhost:evil", "127.0.0.1:123456"),
        *(
            "evil@127.0.0.1",
            "127.0.0.1@evil.example",
            "127.0.0.1/",
            "127.0.0.1,evil.example",
            "127.0.0.1 evil",
        ),
        *("192.0.2.1", "[2001:db8::1]", "[::1", "::1", "[evil]", "[::1]evil", "127.1", "0x7f000001"),
        *(
            "0.0.0.0",
            "[::]",
            "",
            ".",
            ":8080",
            "localhost..",
            "https://localhost",
            "ⅼocalhost",
            "local\thost",
        ),
        *("bucket.localhost", "host.docker.internal"),  # names of the AWS endpoint alone
    ],
)
def test_a_server_has_no_other_name(host: str) -> None:
    assert refuse(host) == misdirected(f'"{host.encode("unicode_escape").decode()}"')


@pytest.mark.parametrize("host", ["input.localhost:4566", "a.b.localhost", "host.docker.internal:4566"])
def test_the_aws_endpoint_has_names_for_buckets_and_containers(host: str) -> None:
    assert refuse(host, names=AWS_NAMES) is None


@pytest.mark.parametrize(
    "host", ["localhost.evil.example", "evil.example", "docker.internal", "evil/.localhost"]
)
def test_the_aws_endpoint_has_no_other_name(host: str) -> None:
    assert refuse(host, names=AWS_NAMES) == misdirected(f'"{host}"')


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("0.0.0.0:8080", ("0.0.0.0", "127.0.0.1")),
        ("[::]", ("::", "::1")),
        ("192.0.2.1:8080", ("0.0.0.0", "192.0.2.1")),  # the connection's own address
        ("172.17.0.1", ("::", "::ffff:172.17.0.1")),
        ("[2001:DB8:0::1]", ("2001:db8::1", "2001:db8::1")),
        ("desk:4566", ("desk", "192.0.2.1")),
        ("DESK.", ("desk", "192.0.2.1")),
    ],
)
def test_a_server_has_the_name_and_the_address_that_it_is_bound_to(
    host: str, addresses: tuple[str, ...]
) -> None:
    assert refuse(host, addresses=addresses) is None
    assert refuse(host) is not None


@pytest.mark.parametrize("hosts", [(), ("127.0.0.1", "127.0.0.1"), ("127.0.0.1", "evil.example")])
def test_a_request_has_exactly_one_host(hosts: tuple[str, ...]) -> None:
    assert refuse(*hosts) == (HTTPStatus.BAD_REQUEST, "A request must have exactly one Host header.")


@pytest.mark.parametrize(
    ("host", "target", "shown"),
    [
        ("127.0.0.1", "http://evil.example/", '"evil.example"'),
        ("127.0.0.1", "http://127.0.0.1@evil.example/", '"127.0.0.1@evil.example"'),
        ("127.0.0.1", "HTTPS://evil.example", '"evil.example"'),
        ("127.0.0.1", "file:///etc", '""'),
        ("evil.example", "http://127.0.0.1/", '"evil.example"'),
    ],
)
def test_the_absolute_form_names_the_host_as_well(host: str, target: str, shown: str) -> None:
    assert refuse(host, target=target) == misdirected(shown)


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:4566/a", "/http://evil.example/", "//evil.example/", "*"]
)
def test_accepts_the_targets_of_clients_and_of_proxies(target: str) -> None:
    assert refuse("127.0.0.1:4566", target=target) is None


def test_refuses_a_target_that_cannot_be_parsed() -> None:
    assert refuse("127.0.0.1", target="http://[") == (
        HTTPStatus.BAD_REQUEST,
        "The request target isn't a valid URL.",
    )


def test_quotes_a_long_name_in_part() -> None:
    assert refuse("e" * 1000) == misdirected(f'"{"e" * 100}"')
