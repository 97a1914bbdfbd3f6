"""`make run`, `make token`, and `make demo` as processes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from itertools import takewhile
from pathlib import Path

import pytest
from PIL import Image

from glimpse import Client, GlimpseError, IdToken
from tests.stack.client import Run, send, wait_until

ROOT = Path(__file__).parents[2]
PHOTO = (ROOT / "web" / "samples" / "chelsea.jpg").read_bytes()


def get(url: str, path: str, host: str | None = None) -> tuple[int, str | None, bytes]:
    connection = HTTPConnection(url.removeprefix("http://"), timeout=20)
    connection.request("GET", path, headers={"Host": host} if host else {})
    response = connection.getresponse()
    result = (response.status, response.getheader("Location"), response.read())
    connection.close()
    return result


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_run_prints_ready_once_and_stops_on_a_signal(run: Run, number: int) -> None:
    process = run("local")
    assert process.stdout
    ready = re.fullmatch(r"ready (http://127\.0\.0\.1:(\d+))\n", process.stdout.readline())
    assert ready
    page, port = ready.groups()
    assert get(page, "/")[0] == 200
    assert json.loads(get(page, "/config.json")[2]).keys() == {"apiUrl", "signIn", "models", "engine"}
    assert get(page, "/x?y=z", f"localhost:{port}")[:2] == (307, f"{page}/x?y=z")
    process.send_signal(number)
    rest, errors = process.communicate(timeout=20)
    assert (process.returncode, rest) == (0, "")
    assert "Traceback" not in errors
    assert errors.splitlines()[-1] == "Press Ctrl+C to stop."


def start_and_sign_in(run: Run) -> tuple[subprocess.Popen[str], str, str]:
    """Start a stack. Return its process, its API's URL and a token of bob."""
    process = run("local")
    assert process.stdout
    assert process.stderr
    page = process.stdout.readline().removeprefix("ready ").strip()
    welcome = takewhile(lambda line: "Ctrl+C" not in line, process.stderr)
    urls = dict(line.split()[:2] for line in welcome if "http://" in line)
    ports = {"WEB_PORT": page.rpartition(":")[2], "SIGN_IN_PORT": urls["Sign-in"].rpartition(":")[2]}
    token, errors = run("local.cli.token", "bob", **ports).communicate(timeout=30)
    assert (token.count("\n"), errors) == (1, "")
    return process, urls["API"], token.strip()


def test_token_is_valid_for_the_running_api(run: Run) -> None:
    _, api, token = start_and_sign_in(run)
    response = send("GET", f"{api}/labels", None, {"Authorization": f"Bearer {token}"})
    assert (response.status, response.document["labels"]) == (200, [])


def test_run_stops_during_a_recognition(run: Run, tmp_path: Path) -> None:
    process, api, token = start_and_sign_in(run)
    file = tmp_path / "large.png"
    Image.effect_noise((4000, 3000), 100).save(file)
    with ThreadPoolExecutor(1) as executor, Client(api, IdToken(token), patience=0) as client:
        recognition = executor.submit(client.recognize, file)
        wait_until(lambda: is_pending(api, file, token) or None)
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=30)
        assert isinstance(recognition.exception(), GlimpseError)
    assert (process.returncode, rest) == (0, "")
    assert "Traceback" not in errors


def is_pending(api: str, file: Path, token: str) -> bool:
    image_id = hashlib.sha256(file.read_bytes()).hexdigest()
    response = send("GET", f"{api}/images/{image_id}", None, {"Authorization": f"Bearer {token}"})
    return response.status == 200


@pytest.mark.parametrize(("arguments", "name"), [([], ""), (["USER=bob"], "'bob'"), (["USER="], "''")])
def test_make_ignores_the_user_variable_of_the_shell(arguments: list[str], name: str) -> None:
    result = subprocess.run(
        ["make", "-n", "-s", "token", *arguments],
        cwd=ROOT,
        env=os.environ | {"USER": "root"},  # the account on this machine
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.splitlines()[-1].split(" local.cli.token", 1)[1].strip() == name


@pytest.mark.parametrize("name", ["WEB_PORT", "API_PORT", "AWS_PORT", "SIGN_IN_PORT"])
def test_explains_a_port_in_use(run: Run, name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        process = run("local", **{name: str(port)})
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (1, "")
    assert errors.splitlines()[-1] == (
        f"Port {port} on 127.0.0.1 can't be used: Address already in use. "
        f"Set {name} to another port, or to 0 for any free port."
    )


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        (
            {"LAMBDA_CONCURRENCY": "0"},
            "LAMBDA_CONCURRENCY must be a whole number from 1 to 1000, not '0': "
            "it is the number of worker processes that a function may have at once.",
        ),
        ({"WEB_PORT": "web"}, "WEB_PORT must be a port number, or 0 for any free port, not 'web'."),
        ({"AWS_PORT": "70000"}, "AWS_PORT must be a port number, or 0 for any free port, not '70000'."),
        (
            {"HOST": "192.0.2.1"},
            "HOST must be 127.0.0.1, ::1, localhost, 0.0.0.0 or ::, not '192.0.2.1': "
            "over http, browsers run the page only on this machine.",
        ),
        (
            {"AWS_HOST": "192.0.2.1"},
            "AWS_HOST can't be '192.0.2.1': Cannot assign requested address. "
            "Set it to 127.0.0.1, or to another address of this machine.",
        ),
        (
            {"CONFIG_ENV": "mars"},
            "samconfig.toml has no environment mars. It has: default, dev, prod, local.",
        ),
        (
            {"LOCAL_MODEL": "m.onnx"},
            "LOCAL_MODEL and LOCAL_LABELS belong together: set both or neither.",
        ),
    ],
)
def test_explains_an_invalid_setting(run: Run, environ: dict[str, str], message: str) -> None:
    process = run("local", **environ)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors.splitlines()[-1]) == (1, "", message)


def test_demo_prints_tables_and_saves_the_json(run: Run) -> None:
    process = run("local.cli.demo", "web/samples/astronaut.jpg")
    output, errors = process.communicate(timeout=90)
    assert process.returncode == 0, errors
    assert re.search(r"^Label +Confidence +Box", output)
    for heading in ("Face", "Color"):
        assert re.search(rf"^{heading} ", output, re.MULTILINE)
    assert re.search(r"^Person +\d+\.\d % +(\d+%(, )?){4}$", output, re.MULTILINE)
    (saved,) = re.findall(r"^The result is saved as (.+)$", errors, re.MULTILINE)
    assert "Function]" not in errors  # no problems, so no function logs
    assert json.loads(Path(saved).read_text(encoding="utf-8"))["SchemaVersion"] == 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.jpg", None, "The file {file} doesn't exist."),
        ("notes.jpg", b"notes", "notes.jpg isn't an image."),
        ("cut.jpg", PHOTO[:5000], "cut.jpg wasn't recognized: "),
        ("photo.txt", PHOTO, 'Files of type "text/plain" aren\'t supported.'),
    ],
)
def test_demo_explains_a_failure(
    run: Run, tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    process = run("local.cli.demo", str(file))
    output, errors = process.communicate(timeout=90)
    assert (process.returncode, output) == (1, "")
    assert message.format(file=file) in errors
    assert "Traceback" not in errors
