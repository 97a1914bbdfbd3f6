"""`glimpse upload`: many pictures, with progress on stderr and JSON Lines on stdout."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections import Counter
from contextlib import closing
from functools import partial
from pathlib import Path

from tqdm import tqdm

from glimpse.cli.terminal import FAILED, INTERRUPTED, OutputError, UsageError, number, output, say
from glimpse.errors import Canceled, CredentialsError, GlimpseError, NotSignedIn, SignInExpired
from glimpse.image_file import printable
from glimpse.pictures import Pictures, find_pictures
from glimpse.session import Session
from glimpse.uploader import Outcome, Uploader

_REJECTED = (CredentialsError, NotSignedIn, SignInExpired)  # the person has to sign in first
_AGAIN = "Run the same command again to go on: what is stored isn't sent again."

# As tqdm's own, but a rate below one picture a second isn't inverted to seconds.
BAR = "{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}, {rate_noinv_fmt}{postfix}]"


def run(session: Session, options: Namespace) -> int:
    """Upload the pictures, and return 1 if one of them failed or there is none."""
    try:
        found = find_pictures(options.paths)
    except FileNotFoundError as error:
        raise UsageError(f"{error.args[0]} doesn't exist") from error
    _say_skipped(found)
    if not found.paths:
        say("There are no pictures to upload.")
        return FAILED  # so that a wrong folder doesn't pass silently
    counts: Counter[str] = Counter()
    with session.client(options.url) as client:
        uploader = Uploader(client, options.jobs, waits=not options.no_wait)
        summarize = partial(_summarize, counts, uploader, len(found.paths))
        try:
            _upload(uploader, found.paths, options.output, counts)
        except (KeyboardInterrupt, Canceled):
            summarize()
            say(f"Interrupted. {_AGAIN}")
            return INTERRUPTED
        except OutputError:
            raise
        except GlimpseError as error:
            summarize()
            say(str(error) if isinstance(error, _REJECTED) else f"{error} {_AGAIN}")
            return FAILED
    summarize()
    return FAILED if counts["failed"] else 0


def _upload(uploader: Uploader, paths: list[Path], file: Path | None, counts: Counter[str]) -> None:
    with (
        output(file) as lines,
        # None: only on a terminal
        tqdm(
            total=len(paths),
            unit=" pictures",
            file=sys.stderr,
            disable=None,
            dynamic_ncols=True,
            bar_format=BAR,
        ) as bar,
        closing(uploader.upload(paths)) as outcomes,
    ):
        uploader.on_stored = lambda stored: bar.set_postfix_str(f"{stored:,} uploaded")
        for outcome in outcomes:
            counts[_kind(outcome)] += 1
            if outcome.is_failure:
                bar.write(_explain(outcome), file=sys.stderr)
            print(json.dumps(outcome.document, ensure_ascii=False), file=lines, flush=True)
            bar.update()


def _kind(outcome: Outcome) -> str:
    return "failed" if outcome.is_failure or not outcome.image else outcome.image["status"]


def _explain(outcome: Outcome) -> str:
    reason = outcome.image["reason"]["message"] if outcome.image else str(outcome.error)
    return f"{printable(outcome.path)}: {reason}"


def _say_skipped(found: Pictures) -> None:
    kinds = {"hidden file": found.hidden, "file without a picture": found.others}
    plurals = {"file without a picture": "files without a picture"}
    skipped = [number(count, name, plurals.get(name)) for name, count in kinds.items() if count]
    if skipped:
        say(f"Skipped {' and '.join(skipped)}.")


def _summarize(counts: Counter[str], uploader: Uploader, total: int) -> None:
    found = counts + Counter(pending=uploader.pending)
    words = {
        "done": "done",
        "pending": "uploaded but not recognized yet" if uploader.waits else "uploaded",
        "failed": "failed",
    }
    parts = [f"{found[kind]:,} {word}" for kind, word in words.items() if found[kind]]
    if rest := total - found.total():
        parts.append(f"{rest:,} to do")
    say(f"{number(total, 'picture')}: {', '.join(parts)}.")
