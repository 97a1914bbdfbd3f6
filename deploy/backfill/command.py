"""The conversation of `make backfill` and `make reprocess`: estimate, consent, run, report."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import TYPE_CHECKING, TextIO

from catalog.contention import TableBusy
from common.storage import ObjectForbidden
from deploy.backfill.follow import Followed
from deploy.backfill.pace import Pace
from deploy.backfill.progress import Display
from deploy.backfill.report import Estimate
from deploy.backfill.reprocess import Reprocess, list_owners
from deploy.backfill.run import Run
from deploy.backfill.services import THREADS
from deploy.backfill.source import Source, require_readable
from deploy.errors import DeploymentError
from deploy.prompt import confirm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Executor

    from deploy.backfill.images import Selection, Survey
    from deploy.backfill.options import Options
    from deploy.backfill.place import Place
    from deploy.backfill.services import Services

INTERRUPTED = 130  # as a shell reports it


@dataclass(frozen=True)
class Request:
    """What a person asked for. `title` says it in the estimate, and `command` would ask for it again.

    `kept_days` says for how many days new results are kept; None if there will be none. `where` is the place
    that may have nothing at all, by mistake; None for the catalog.
    """

    title: str
    place: Place
    command: str
    share: float
    confirms: bool = True
    kept_days: int | None = None
    where: str | None = None
    progress: TextIO = field(default_factory=lambda: sys.stderr)


def carry_out(request: Request, services: Services, select: Callable[[Executor], Selection]) -> int:
    """Recognize the images of a selection if the person agrees. Return the exit code.

    It is 1 if an image failed or didn't end, or the ceiling on the bill is reached. Raises DeploymentError
    without consent.
    """
    with ThreadPoolExecutor(THREADS) as pool:
        selection = select(pool)
        display = Display(request.progress, monotonic)
        with _explains_errors(request.command):
            survey = _count(selection, display)
        used = services.catalog.stack_usage().analyses
        pace = Pace(services.calls_per_second, request.share, monotonic)
        print(f"{request.title}:")
        estimate = Estimate(survey, pace, used, services.ceiling_dollars, request.place, request.kept_days)
        print("\n".join(estimate.lines()))
        if not survey.to_do and not survey.started:
            is_empty = request.where and not survey.others
            print(f"Nothing is at {request.where}." if is_empty else "There is nothing to do.")
            return 0
        if survey.to_do and request.confirms and not confirm("Recognize them?", request.command):
            print("Nothing was recognized.", file=sys.stderr)
            return 1
        run = Run(
            selection,
            pace,
            Followed(services, monotonic),
            services.queue_length,
            services.ceiling.problem,
            display,
            pool,
            agreed=survey.to_do,
            total=survey.to_do + survey.started,
            clock=monotonic,
            sleep=sleep,
        )
        with _explains_errors(request.command):
            _execute(run, used, request)
    if run.problem:
        print(f"{run.problem.detail} Then go on with {request.command}", file=sys.stderr)
    if run.has_more:
        print(
            f"More pictures were added since the estimate. Recognize them with {request.command}",
            file=sys.stderr,
        )
    return 1 if run.problem or run.report.failed or run.report.waiting else 0


def backfill_images(services: Services, options: Options, owner: str, place: Place, command: str) -> int:
    """Recognize the pictures of a location where they lie, as an owner's; return the exit code.

    `command` is the make command without its values. Raises DeploymentError if the stack can't read the
    location.
    """
    location = options.location()
    require_readable(location, services, place)
    title = f"This recognizes the pictures at {options.source} as those of {options.owner} in {place.name}"
    request = Request(
        title,
        place,
        options.command(command),
        options.parsed_share(),
        options.asks,
        services.settings.retention_days,
        options.source,
    )
    return carry_out(request, services, lambda pool: Source(services, location, owner, pool))


def reprocess_images(
    services: Services, options: Options, owner: str | None, place: Place, command: str
) -> int:
    """Recognize outdated images of an owner, or of all, again; return the exit code.

    `command` is the make command without its values.
    """
    whose = f"of {options.owner}" if options.owner else "of all owners"
    found = f" that {options.search} finds" if options.search else ""
    title = f"This recognizes outdated pictures {whose}{found} again in {place.name}"
    request = Request(title, place, options.command(command), options.parsed_share(), options.asks)
    return carry_out(
        request,
        services,
        lambda pool: Reprocess(
            services, lambda: [owner] if owner else list_owners(services), options.query(), pool
        ),
    )


def _count(selection: Selection, display: Display) -> Survey:
    try:
        return selection.survey(lambda count: display.show(f"Counting: {count:,} so far"))
    finally:
        display.end()


def _execute(run: Run, used: Mapping[str, int], request: Request) -> None:
    """Execute a run, and print its report in any case. After an interruption, also say how to go on."""
    try:
        run.execute()
    except BaseException:  # such as Ctrl+C, or an expired sign-in; raised again
        _print_report(run, used, request.place)
        print(
            f"What was started is recognized. Nothing is done twice if you go on with {request.command}",
            file=sys.stderr,
        )
        raise
    _print_report(run, used, request.place)


def _print_report(run: Run, used: Mapping[str, int], place: Place) -> None:
    print("\n".join(run.report.lines(used, place)))


@contextmanager
def _explains_errors(command: str) -> Iterator[None]:
    """Turn the adapters' errors into sentences; the others have theirs."""
    try:
        yield
    except TableBusy as error:
        raise DeploymentError(f"The catalog's table is busy. Go on later with {command}") from error
    except ObjectForbidden as error:
        raise DeploymentError(f"You don't have the permission to read {error}.") from error
