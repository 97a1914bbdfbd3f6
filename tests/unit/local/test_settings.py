from __future__ import annotations

import os
from pathlib import Path

import pytest
from samtranslator.yaml_helper import yaml_parse

from local.server import reachable_url
from local.settings import (
    LOCAL_PARAMETERS,
    ROOT,
    read_concurrency,
    read_data_folder,
    read_event_url,
    read_host,
    read_port,
    stack_parameters,
    use_local_credentials,
)
from local.template.parameters import ParameterError
from local.template.template import Template


def test_a_local_model_enables_the_custom_labels_detector() -> None:
    arn = "arn:aws:rekognition:us-east-1:123456789012:project/local/version/local/1"
    environ = {"LOCAL_MODEL": "model.onnx", "LOCAL_LABELS": "labels.txt"}
    assert stack_parameters(environ)["CustomLabelsModelArn"] == arn


def test_parameters_of_a_run_replace_those_of_the_environment() -> None:
    usual = stack_parameters({})
    assert usual["DetectText"] == "true"
    changed = stack_parameters({"SET": "DetectText=false LabelsMaxCount=5"})
    assert changed == usual | {"DetectText": "false", "LabelsMaxCount": "5"}


def test_names_an_invalid_parameter_of_a_run() -> None:
    with pytest.raises(ParameterError) as caught:
        stack_parameters({"SET": "DetectText"})
    assert str(caught.value) == "SET has 'DetectText', but Name=value is expected."


def test_knows_which_parameters_have_an_effect_on_this_machine() -> None:
    declared = set(yaml_parse((ROOT / "template.yaml").read_text())["Parameters"])
    assert declared - LOCAL_PARAMETERS == {
        *("Mfa", "EmailFrom", "SesIdentityArn", "Protect"),
        *("LogRetentionDays", "Architecture", "ApiConcurrency", "ProcessorConcurrency"),
        *("PermissionsBoundaryArn", "KmsKeyArn"),
        *("SiteDomainName", "SiteCertificateArn", "WebAclArn", "AccessLogBucket"),
        *("AlarmEmail", "AlarmTopicArn", "MonthlyBudget", "Dashboard", "Tracing"),
    }
    assert set() == LOCAL_PARAMETERS - declared


def test_reads_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/alice")
    texts = ["", "data", "/mnt/data", "~/data"]
    folders = [None, tmp_path / "data", Path("/mnt/data"), Path("/home/alice/data")]
    assert [read_data_folder({"DATA": text}) for text in texts] == folders
    assert read_data_folder({}) is None
    with pytest.raises(ParameterError, match=r"DATA can't be '~nobody-here/x': there is no such user\."):
        read_data_folder({"DATA": "~nobody-here/x"})


@pytest.mark.parametrize(("environ", "port"), [({}, 8080), ({"WEB_PORT": ""}, 8080), ({"WEB_PORT": "0"}, 0)])
def test_reads_a_port(environ: dict[str, str], port: int) -> None:
    assert read_port(environ, "WEB_PORT") == port


@pytest.mark.parametrize("text", ["x", "-1", "65536", "1.5", "²", "9" * 5000, "80\n"])
def test_rejects_an_invalid_port(text: str) -> None:
    with pytest.raises(ParameterError) as caught:
        read_port({"WEB_PORT": text}, "WEB_PORT")
    assert str(caught.value) == f"WEB_PORT must be a port number, or 0 for any free port, not {text!r}."


@pytest.mark.parametrize(
    ("environ", "host"), [({}, "127.0.0.1"), ({"HOST": ""}, "127.0.0.1"), ({"HOST": "0.0.0.0"}, "0.0.0.0")]
)
def test_reads_the_host(environ: dict[str, str], host: str) -> None:
    assert read_host(environ) == host


def test_rejects_a_host_where_browsers_do_not_run_the_page() -> None:
    with pytest.raises(ParameterError) as caught:
        read_host({"HOST": "192.0.2.1"})
    assert str(caught.value) == (
        "HOST must be 127.0.0.1, ::1, localhost, 0.0.0.0 or ::, not '192.0.2.1': "
        "over http, browsers run the page only on this machine."
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "0.0.0.0", "::"])
def test_the_template_accepts_the_page_on_every_host(host: str) -> None:
    page = reachable_url(read_host({"HOST": host}), 8080)
    assert Template.load(ROOT / "template.yaml", {"PageOrigin": page}).outputs["SiteUrl"] == page


def test_removes_everything_that_leads_to_a_real_account() -> None:
    kept = {"AWS_PORT": "4567", "AWS_HOST": "h", "HOME": "/h"}
    environ = {"AWS_PROFILE": "mine", "AWS_ENDPOINT_URL_S3": "x", **kept}
    use_local_credentials(environ)
    assert environ == {
        **kept,
        "AWS_ACCESS_KEY_ID": "defaultkey",
        "AWS_SECRET_ACCESS_KEY": "defaultsecret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@pytest.mark.parametrize(
    ("environ", "concurrency"),
    [({}, 2), ({"LAMBDA_CONCURRENCY": ""}, 2), ({"LAMBDA_CONCURRENCY": "50"}, 50)],
)
def test_reads_the_concurrency_of_the_functions(environ: dict[str, str], concurrency: int) -> None:
    assert read_concurrency(environ) == concurrency


@pytest.mark.parametrize("text", ["x", "0", "-1", "1001", "2.5", "²"])
def test_rejects_an_invalid_concurrency(text: str) -> None:
    with pytest.raises(ParameterError) as caught:
        read_concurrency({"LAMBDA_CONCURRENCY": text})
    assert str(caught.value) == (
        f"LAMBDA_CONCURRENCY must be a whole number from 1 to 1000, not {text!r}: "
        "it is the number of worker processes that a function may have at once."
    )


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://127.0.0.1:9999/hook",
        "https://example.com/hook?key=1",
        "HTTP://[::1]:9999",
        "http://localhost/%20",
    ],
)
def test_reads_the_url_for_events(url: str) -> None:
    assert read_event_url({"EVENTS": url}) == url
    assert read_event_url({}) == ""


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:9999/hook",
        "ftp://127.0.0.1/hook",
        "http://",
        "http://:9999/hook",
        "http://127.0.0.1:99999/hook",
        "http://127.0.0.1:0/hook",
        "http://[::1/hook",
        "http://a..b/",
        "http://.a/",
        "http://-a.b/",
        f"http://{'a' * 64}.b/",
        "http://a%20b/",
        "http://127.0.0.1/hook#part",
        "http://ada:secret@127.0.0.1/hook",
        "http://127.0.0.1/my hook",
        "http://127.0.0.1/hook\n",
        "http://exämple.com/hook",
    ],
)
def test_rejects_what_is_no_url_for_events(url: str) -> None:
    with pytest.raises(ParameterError) as caught:
        read_event_url({"EVENTS": url})
    assert str(caught.value) == (
        "EVENTS must be the http or https URL of a server that receives events, such as "
        f"http://127.0.0.1:9999/hook, not {url!r}."
    )
