"""A part of `make bench`: the CPU time of each function's cold start, compared with a floor."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.figures import Figure, Section
from bench.plots import plot
from bench.start.events import Events
from bench.start.runtime import INTERPRETER, copy_code, link_packages
from bench.usage.engine import Engine
from local.lambda_.environment import lambda_variables
from local.lambda_.functions import load_functions
from local.settings import use_local_credentials
from local.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROUNDS, QUICK_ROUNDS = 15, 4
MEMORY_SIZES = (256, 512, 1024, 1769)  # MB
FULL_VCPU = 1769  # MB, at which a function has one vCPU; see Lambda's "Configure Lambda function memory"
_FOLDER = Path(__file__).parent
_ALL = {"TrainModels": "true", "EventBusName": "default"}  # every function exists


@dataclass(frozen=True)
class Floor:
    """What a function can't do without: packages of its layer, and clients of services."""

    services: str
    modules: str = ""


_API = Floor("s3 dynamodb sqs")
_DECODING = Floor("s3 dynamodb sqs rekognition", "PIL.Image pi_heif")
FLOORS = {
    "PresignFunction": _API,
    "ImagesFunction": _API,
    "ProcessorFunction": _DECODING,
    "RecoveryFunction": _API,
    "PublisherFunction": Floor("events"),
    "ModelsFunction": Floor("dynamodb"),
    "TrainerFunction": _DECODING,
}
GOALS = {"PresignFunction": 0.75, "ImagesFunction": 0.75, "ProcessorFunction": 1.2}
LIMITS = {name: 1.5 if floor is _DECODING else 1.0 for name, floor in FLOORS.items()}


@dataclass(frozen=True)
class Start:
    """The CPU seconds of a start, until the handler was imported and until it had answered."""

    imported: float
    answered: float
    megabytes: float


def measure(*, quick: bool) -> Section:
    """Start each function and each floor in turn."""
    use_local_credentials(os.environ)
    stack = Stack(parameters=_ALL, schedules=False, engine=Engine, log=lambda name, line: None, concurrency=1)
    with tempfile.TemporaryDirectory() as temporary, stack:
        stack.functions.invoke_async = lambda *call: None  # type: ignore[method-assign] # only we invoke them
        starter = _Starter(stack, Path(temporary))
        floors: dict[Floor, list[float]] = {floor: [] for floor in FLOORS.values()}
        starts: dict[str, list[Start]] = {name: [] for name in FLOORS}
        for number in range((QUICK_ROUNDS if quick else ROUNDS) + 1):
            for floor, seconds in floors.items():
                seconds.append(starter.floor(floor))
            for name, runs in starts.items():
                runs.append(starter.start(name, number))
    # without the first ones, which read files that are in memory later
    floors = {floor: seconds[1:] for floor, seconds in floors.items()}
    starts = {name: runs[1:] for name, runs in starts.items()}
    if not quick:
        draw({name: median(run.answered for run in starts[name]) for name in GOALS})
    return summarize(floors, starts)


def draw(seconds: Mapping[str, float]) -> None:
    """Draw what the memory makes of the CPU seconds of functions, for which people wait."""
    with plot("start", "Cold start by memory", "MB", "milliseconds of CPU time") as axes:
        for name, answered in seconds.items():
            times = [1000 * answered * FULL_VCPU / size for size in MEMORY_SIZES]
            axes.plot(MEMORY_SIZES, times, marker="o", label=_spoken(name))
        axes.set_xticks(MEMORY_SIZES, [f"{size:,}" for size in MEMORY_SIZES])
        axes.set_ylim(bottom=0)


class _Starter:
    """Starts processes in the environment of a function."""

    def __init__(self, stack: Stack, temporary: Path) -> None:
        self._functions = load_functions(stack.template)
        self._stack = stack
        self._events = Events(stack)
        self._packages, self._code = temporary / "packages", temporary / "code"
        link_packages(self._packages)
        copy_code(self._code)

    def floor(self, floor: Floor) -> float:
        """Return the CPU seconds of a floor."""
        arguments = (floor.modules, floor.services)
        return float(self._run("floor.py", *arguments, env=self._variables("TrainerFunction")))

    def start(self, function_id: str, number: int) -> Start:
        """Start a function, and have it answer an event. `number` makes its event another one each time."""
        event = json.dumps(self._events.typical(function_id, number))
        answer = json.loads(self._run("first_answer.py", env=self._variables(function_id), event=event))
        self._events.check(function_id, answer["result"])
        return Start(answer["imported"], answer["answered"], answer["megabytes"])

    def _variables(self, function_id: str) -> dict[str, str]:
        function = self._functions[function_id]
        credentials = self._stack.endpoint.credentials_for(function_id)
        variables = lambda_variables(function, credentials, self._stack.aws_url)
        return {**variables, "LAMBDA_TASK_ROOT": str(self._code), "PYTHONPATH": str(self._packages)}

    def _run(self, script: str, *arguments: str, env: Mapping[str, str], event: str = "") -> str:
        process = subprocess.run(
            [INTERPRETER, "-S", "-P", _FOLDER / script, *arguments],
            env=env,
            input=event,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=60,
            start_new_session=True,  # which makes it the leader of a process group
        )
        return str(process.stdout)


def summarize(floors: Mapping[Floor, list[float]], starts: Mapping[str, list[Start]]) -> Section:
    """Return the ratio of each function to its floor, and its milliseconds at each memory size."""
    figures = []
    for name, runs in starts.items():
        pairs = zip(runs, floors[FLOORS[name]], strict=True)
        ratios = tuple(start.answered / floor for start, floor in pairs)
        figures.append(
            Figure(_spoken(name), ratios, "of its floor", goal=GOALS.get(name), limit=LIMITS[name])
        )
    return Section(tuple(figures), tuple(_milliseconds(floors, starts)))


def _spoken(function_id: str) -> str:
    return function_id.removesuffix("Function").lower()


def _milliseconds(floors: Mapping[Floor, list[float]], starts: Mapping[str, list[Start]]) -> Iterator[str]:
    sizes = "".join(f"{size:>8,} MB" for size in MEMORY_SIZES)
    yield f"{'milliseconds':<12}{'floor':>8}{'import':>8}{'answer':>8}{'peak MB':>9}{sizes}"
    for name, runs in starts.items():
        floor = median(floors[FLOORS[name]])
        imported, answered = (median(getattr(run, part) for run in runs) for part in ("imported", "answered"))
        columns = [floor, imported, answered - imported]
        at_sizes = "".join(f"{1000 * answered * FULL_VCPU / size:11,.0f}" for size in MEMORY_SIZES)
        times = "".join(f"{1000 * seconds:8,.0f}" for seconds in columns)
        peak = max(run.megabytes for run in runs)
        yield f"{_spoken(name):<12}{times}{peak:9,.0f}{at_sizes}"
