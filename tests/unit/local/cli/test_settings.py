from __future__ import annotations

import os
from pathlib import Path

import pytest

from local.cli.settings import leave_real_aws_alone, port, stack_parameters
from local.template.parameters import ParameterError

ROOT = Path(__file__).parents[4]
DETECTORS = {
    "DetectText": "true",
    "DetectFaces": "true",
    "DetectProperties": "true",
    "DetectModeration": "true",
}


def test_a_run_has_samconfigs_local_environment() -> None:
    assert stack_parameters({}, ROOT) == DETECTORS
    assert stack_parameters({"CONFIG_ENV": "dev"}, ROOT) == {
        "Architecture": "arm64",
        "RetentionDays": "7",
        "LogRetentionDays": "3",
    }


def test_a_model_of_ones_own_is_asked_as_a_custom_model() -> None:
    arn = "arn:aws:rekognition:us-east-1:123456789012:project/local/version/local/1"
    given = {"LOCAL_MODEL": "model.onnx", "LOCAL_LABELS": "labels.txt"}
    assert stack_parameters(given, ROOT) == DETECTORS | {"CustomLabelsModelArn": arn}


@pytest.mark.parametrize(
    ("environ", "number"), [({}, 8080), ({"P": ""}, 8080), ({"P": "0"}, 0), ({"P": "1"}, 1)]
)
def test_ports_are_read(environ: dict[str, str], number: int) -> None:
    assert port(environ, "P", 8080) == number


@pytest.mark.parametrize("text", ["x", "-1", "65536", "1.5", "²"])
def test_a_wrong_port_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ParameterError) as caught:
        port({"WEB_PORT": text}, "WEB_PORT", 8080)
    assert str(caught.value) == (
        f"WEB_PORT is {text!r}; it must be a port number, or 0 for any that is free."
    )


def test_nothing_leads_to_a_real_account() -> None:
    kept = {"AWS_PORT": "4567", "AWS_HOST": "h", "HOME": "/h"}
    environ = {"AWS_PROFILE": "mine", "AWS_ENDPOINT_URL_S3": "x", **kept}
    leave_real_aws_alone(environ)
    assert environ == {
        **kept,
        "AWS_ACCESS_KEY_ID": "defaultkey",
        "AWS_SECRET_ACCESS_KEY": "defaultsecret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
