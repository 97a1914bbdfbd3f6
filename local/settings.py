"""Where the project is, and the environment variables that configure a run of the local stack."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

from local.template.names import ACCOUNT, ADMIN_KEY, ADMIN_SECRET, REGION
from local.template.parameters import ParameterError, samconfig_parameters

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_PORTS = {
    "WEB_PORT": 8080,
    "API_PORT": 3000,
    "AWS_PORT": 4566,
    "SIGN_IN_PORT": 9000,
    "START_API_PORT": 3001,
}
# Environments per function, started when needed. Two keep two cores busy. Each takes 70 MB; the processor's
# take 100 MB with their decoders, and 140 MB with a photo of 12 megapixels. With a third one, the first of
# 40 photos waits longer (`bench/load.py`).
DEFAULT_CONCURRENCY = 2
# The parameters that change something here. The others set what only AWS has, such as retention and accounts.
LOCAL_PARAMETERS = frozenset(
    {
        "PageOrigin",
        "SignInIssuer",
        "SignInClientId",
        "MaxUploadMegabytes",
        "RekognitionCallsPerSecond",
        "RetentionDays",
        "ApiRateLimit",
        "ApiBurstLimit",
        "LabelsMinConfidence",
        "LabelsMaxCount",
        "DetectLabels",
        "DetectModeration",
        "DetectText",
        "DetectFaces",
        "DetectCelebrities",
        "DetectProtectiveEquipment",
        "DetectProperties",
        "CustomLabelsModelArn",
    }
)
_LOCAL_MODEL_ARN = f"arn:aws:rekognition:{REGION}:{ACCOUNT}:project/local/version/local/1"
# Over http, browsers give a page the cryptography it needs only on these hosts. 0.0.0.0 and :: include them.
_HOSTS = ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::")  # noqa: S104 -- only compared, never bound here
_MAX_PORT = 65535
_MAX_CONCURRENCY = 1000  # Lambda's default quota for an account
_KEPT = ("AWS_HOST", "AWS_PORT")  # settings of the local stack, not of an AWS SDK


def use_local_credentials(environ: MutableMapping[str, str]) -> None:
    """Replace every variable that could lead boto3 or SAM CLI to a real account."""
    for name in list(environ):
        if name.startswith("AWS_") and name not in _KEPT:
            del environ[name]
    environ.update(
        AWS_ACCESS_KEY_ID=ADMIN_KEY,
        AWS_SECRET_ACCESS_KEY=ADMIN_SECRET,
        AWS_DEFAULT_REGION=REGION,
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
    )


def read_host(environ: Mapping[str, str]) -> str:
    """Read the address of the page, the API and the sign-in provider. Raises ParameterError."""
    host = environ.get("HOST") or _HOSTS[0]
    if host not in _HOSTS:
        raise ParameterError(
            f"HOST must be {', '.join(_HOSTS[:-1])} or {_HOSTS[-1]}, not {host!r}: "
            "over http, browsers run the page only on this machine."
        )
    return host


def read_port(environ: Mapping[str, str], name: str) -> int:
    """Read one of the ports in DEFAULT_PORTS. Raises ParameterError."""
    text = environ.get(name) or str(DEFAULT_PORTS[name])
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) > _MAX_PORT:
        raise ParameterError(f"{name} must be a port number, or 0 for any free port, not {text!r}.")
    return int(text)


def read_concurrency(environ: Mapping[str, str]) -> int:
    """Read how many worker processes a function may have at once. Raises ParameterError."""
    text = environ.get("LAMBDA_CONCURRENCY") or str(DEFAULT_CONCURRENCY)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MAX_CONCURRENCY):
        raise ParameterError(
            f"LAMBDA_CONCURRENCY must be a whole number from 1 to {_MAX_CONCURRENCY}, not {text!r}: "
            "it is the number of worker processes that a function may have at once."
        )
    return int(text)


def read_data_folder(environ: Mapping[str, str]) -> Path | None:
    """Return the folder that keeps the stack's data, or None if nothing is kept. Raises ParameterError."""
    folder = environ.get("DATA")
    try:
        return Path(folder).expanduser().absolute() if folder else None
    except RuntimeError:
        raise ParameterError(f"DATA can't be {folder!r}: there is no such user.") from None


def stack_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Read the addresses, the concurrency, the data folder and the parameters of a `Stack`.

    Raises ParameterError.
    """
    host = read_host(environ)
    return {
        "web_port": read_port(environ, "WEB_PORT"),
        "api_port": read_port(environ, "API_PORT"),
        "aws_port": read_port(environ, "AWS_PORT"),
        "sign_in_port": read_port(environ, "SIGN_IN_PORT"),
        "host": host,
        "aws_host": environ.get("AWS_HOST") or host,
        "concurrency": read_concurrency(environ),
        "data": read_data_folder(environ),
        "parameters": stack_parameters(environ),
    }


def stack_parameters(environ: Mapping[str, str]) -> dict[str, str]:
    """Read the parameters of CONFIG_ENV (default: local) in samconfig.toml. Raises ParameterError."""
    parameters = samconfig_parameters(ROOT / "samconfig.toml", environ.get("CONFIG_ENV") or "local")
    if environ.get("LOCAL_MODEL") or environ.get("LOCAL_LABELS"):
        parameters.setdefault("CustomLabelsModelArn", _LOCAL_MODEL_ARN)
    return parameters
