"""Run SAM CLI with the environment that it needs: `python -m local.cli.sam COMMAND …`.

`invoke FUNCTION EVENT` and `start-api` run `sam local` against the local stack: the one that listens on
AWS_PORT, or one that is started for this command. Every other command is passed to SAM CLI as it is.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from local.cli import docker
from local.settings import DEFAULT_PORTS, ROOT, read_port, stack_parameters, use_local_credentials
from local.template.names import REGION
from local.template.parameters import ParameterError

_SAM = Path(sys.executable).with_name("sam")
_RUNTIME = "python3.13"  # the runtime in template.yaml
_START_API_PORT = "3001"  # the local stack's API uses 3000
_HOST_NAME = "host.docker.internal"


def main(arguments: Sequence[str]) -> int:
    if not _SAM.exists():
        print("SAM CLI isn't installed. Run this command through make, which installs it.", file=sys.stderr)
        return 1
    try:
        match arguments:
            case ["invoke", function, event]:
                return _sam_local(["invoke", function, "--event", event])
            case ["start-api"]:
                return _sam_local(["start-api", "--port", _START_API_PORT])
            case [("build" | "validate"), *_]:
                return run_sam(arguments, offline_environment())
            case _:
                return run_sam(arguments, sam_environment())
    except (docker.DockerUnavailable, ParameterError) as error:
        print(error, file=sys.stderr)
        return 1


def run_sam(arguments: Sequence[str], env: Mapping[str, str]) -> int:
    """Run SAM CLI in the terminal and return its exit code."""
    return subprocess.run([_SAM, *arguments], cwd=ROOT, env=dict(env), check=False).returncode  # noqa: S603


def sam_environment() -> dict[str, str]:
    """Return this process's environment, with the functions' Python version on the PATH for `sam build`."""
    env = {"SAM_CLI_TELEMETRY": "0", **os.environ}
    if folder := _find_pyenv_runtime():
        env["PATH"] = f"{folder}{os.pathsep}{env['PATH']}"
    return env


def offline_environment() -> dict[str, str]:
    """Return the environment for commands that need a region to resolve the template, but never use it."""
    return {"AWS_DEFAULT_REGION": REGION, **sam_environment()}


def local_environment() -> dict[str, str]:
    """Return the environment for `sam local`, which never contains real credentials."""
    env = sam_environment()
    use_local_credentials(env)
    return env


def build() -> int:
    """Run `sam build` for this machine's architecture and return its exit code."""
    overrides = f"Architecture={docker.architecture()}"
    return run_sam(["build", "--parameter-overrides", overrides], local_environment())


def local_arguments(env_vars: Path, parameters: Mapping[str, str] | None = None) -> list[str]:
    """Return the options of `sam local`: the local stack's address, and the template's parameters.

    `parameters` override those of `make run`. Raises ParameterError.
    """
    values = {**stack_parameters(os.environ), **(parameters or {})}
    values["Architecture"] = docker.architecture()
    overrides = " ".join(f"{name}={value}" for name, value in values.items())
    arguments = ["--env-vars", str(env_vars), "--add-host", f"{_HOST_NAME}:host-gateway"]
    arguments += ["--parameter-overrides", overrides]
    return [*arguments, "--skip-pull-image"] if docker.has_base_image() else arguments


@contextlib.contextmanager
def reachable_stack(aws_port: int) -> Iterator[Path]:
    """Make the local stack on `aws_port` reachable from containers, and start one if none is running.

    Yields the file for `--env-vars`, which contains the stack's address.
    """
    with contextlib.ExitStack() as cleanup:
        if not _is_running(aws_port):
            from local.stack import Stack  # slow to import, and only needed here

            print(f"No local stack on port {aws_port}. Starting one for this command.", file=sys.stderr)
            cleanup.enter_context(Stack(web_port=0, api_port=0, aws_port=aws_port))
        port = aws_port
        if address := docker.gateway():
            with contextlib.suppress(OSError):  # in use if the stack listens on every address
                port = cleanup.enter_context(docker.relay(address, aws_port, ("127.0.0.1", aws_port)))
        file = Path(cleanup.enter_context(tempfile.TemporaryDirectory())) / "local-env.json"
        committed = (ROOT / "events" / "local-env.json").read_text()
        file.write_text(committed.replace(f":{DEFAULT_PORTS['AWS_PORT']}", f":{port}"))
        yield file


def _sam_local(arguments: Sequence[str]) -> int:
    docker.require_engine()
    if exit_code := build():
        return exit_code
    with reachable_stack(read_port(os.environ, "AWS_PORT")) as env_vars:
        return run_sam(["local", *arguments, *local_arguments(env_vars)], local_environment())


def _is_running(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/_local/health", timeout=2) as response:
            return bool(response.status == 200)
    except (URLError, OSError):
        return False


def _find_pyenv_runtime() -> Path | None:
    """Return the folder of pyenv's newest Python for the runtime, or None if the PATH has a working one.

    A pyenv shim on the PATH doesn't work if its version isn't selected.
    """
    found = shutil.which(_RUNTIME)
    if found and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0:  # noqa: S603
        return None
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    versions = sorted((root / "versions").glob(f"{_RUNTIME.removeprefix('python')}.*/bin/{_RUNTIME}"))
    return versions[-1].parent if versions else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
