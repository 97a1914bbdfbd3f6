"""Run SAM CLI with what it needs to find: `python -m local.cli.sam COMMAND …`.

`invoke FUNCTION EVENT` and `start-api` wrap `sam local` against the local stack: the one that is
running on AWS_PORT, or else one started for as long as the command takes. Every other command is
SAM CLI's own.
"""

from __future__ import annotations

import contextlib
import json
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
from local.cli.relay import relay
from local.cli.settings import stack_parameters

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = "python3.13"  # as the template has it
DEFAULT_AWS_PORT = 4566
START_API_PORT = "3001"  # 3000 is taken while the local stack runs
HOST_NAME = "host.docker.internal"


def main(arguments: Sequence[str]) -> int:
    try:
        match arguments:
            case ["invoke", function, event]:
                return _sam_local(["invoke", function, "--event", event])
            case ["start-api"]:
                return _sam_local(["start-api", "--port", START_API_PORT])
            case _:
                return run(arguments, environment())
    except (docker.NoEngine, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1


def run(arguments: Sequence[str], env: Mapping[str, str]) -> int:
    """SAM CLI's exit code. Its output goes where ours goes."""
    return subprocess.run([_sam(), *arguments], cwd=ROOT, env=dict(env), check=False).returncode  # noqa: S603


def environment() -> dict[str, str]:
    """This process's environment, with the function's own Python on the PATH for `sam build`."""
    env = {"SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": "us-east-1", **os.environ}
    if folder := _runtime_folder():
        env["PATH"] = f"{folder}{os.pathsep}{env['PATH']}"
    return env


def local_environment() -> dict[str, str]:
    """The same without the person's own credentials: containers get what SAM CLI falls back to."""
    env = {name: value for name, value in environment().items() if not name.startswith("AWS_")}
    return env | {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "defaultkey",
        "AWS_SECRET_ACCESS_KEY": "defaultsecret",
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_CONFIG_FILE": os.devnull,
    }


def build() -> int:
    """`sam build` for this machine's processor."""
    return run(
        ["build", "--parameter-overrides", f"Architecture={docker.architecture()}"], local_environment()
    )


def local_arguments(env_vars: Path, parameters: Mapping[str, str] | None = None) -> list[str]:
    """The long tail that `sam local` needs: the stack's address, parameters, no registry without need.

    `parameters` come on top of those of `make run`: samconfig.toml's environment `local`.
    """
    values = {**stack_parameters(os.environ, ROOT), **(parameters or {})}
    overrides = [f"{name}={value}" for name, value in values.items()]
    overrides.append(f"Architecture={docker.architecture()}")
    arguments = ["--env-vars", str(env_vars), "--add-host", f"{HOST_NAME}:host-gateway"]
    arguments += ["--parameter-overrides", " ".join(overrides)]
    return [*arguments, "--skip-pull-image"] if docker.has_base_image() else arguments


@contextlib.contextmanager
def reachable_stack(aws_port: int) -> Iterator[Path]:
    """The local stack on `aws_port`, started if none answers, for containers; yields the env-vars file."""
    with contextlib.ExitStack() as stack:
        if not _answers(aws_port):
            from local.stack import Stack  # slow to import, and not needed beside `make run`

            print(f"No local stack on port {aws_port}: starting one for this command.", file=sys.stderr)
            stack.enter_context(Stack(web_port=0, api_port=0, aws_port=aws_port))
        port = aws_port
        if address := docker.gateway():
            # the stack listens on the loopback, where a container on Linux cannot reach it
            with contextlib.suppress(OSError):  # it listens on every address already
                port = stack.enter_context(relay(address, aws_port, ("127.0.0.1", aws_port)))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        yield _env_vars(port, folder)


def _sam_local(arguments: Sequence[str]) -> int:
    docker.require_engine()
    if code := build():
        return code
    with reachable_stack(int(os.environ.get("AWS_PORT", DEFAULT_AWS_PORT))) as env_vars:
        return run(["local", *arguments, *local_arguments(env_vars)], local_environment())


def _env_vars(port: int, folder: Path) -> Path:
    committed = ROOT / "events" / "local-env.json"
    if port == DEFAULT_AWS_PORT:
        return committed
    text = committed.read_text().replace(f":{DEFAULT_AWS_PORT}", f":{port}")
    file = folder / "local-env.json"
    file.write_text(json.dumps(json.loads(text)))
    return file


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/_local/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _sam() -> str:
    beside = Path(sys.executable).with_name("sam")
    found = str(beside) if beside.exists() else shutil.which("sam")
    if found is None:
        raise FileNotFoundError("SAM CLI is not installed here. Run it through make, which installs it.")
    return found


def _runtime_folder() -> Path | None:
    """Where the runtime's Python lies if the PATH has none that starts (pyenv keeps shims that refuse)."""
    found = shutil.which(RUNTIME)
    if found and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0:  # noqa: S603
        return None
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    versions = sorted((root / "versions").glob(f"{RUNTIME.removeprefix('python')}.*/bin/{RUNTIME}"))
    return versions[-1].parent if versions else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
