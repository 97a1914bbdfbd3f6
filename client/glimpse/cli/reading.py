"""`glimpse get`, `search`, `export` and `delete`."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from os import SEEK_END
from pathlib import Path
from typing import Literal

from glimpse.cli.terminal import (
    FAILED,
    OutputError,
    UsageError,
    explained,
    is_stdout,
    number,
    output,
    replacement,
    say,
)
from glimpse.client import Client
from glimpse.export import csv_lines, json_lines
from glimpse.models import Image, ImageView
from glimpse.session import Session

_LABELS = 5  # in a line of a list


def get(session: Session, options: Namespace) -> int:
    """Print an image with its result, or download its files."""
    with session.client(options.url) as client:
        view = client.get(options.id)
        if not options.original and not options.preview:
            print(json.dumps(view, indent=2, ensure_ascii=False))
        if options.original:
            _download(client, view, "original", options.original)
        if options.preview:
            _download(client, view, "preview", options.preview)
    return 0


def search(session: Session, options: Namespace) -> int:
    """Print a line for each image."""
    count = 0
    with session.client(options.url) as client:
        for image in client.search(options.query or None, limit=options.limit):
            print(f"{image['id']}  {image['fileName']}  {_describe(image)}".rstrip(), flush=True)
            count += 1
    if not count:
        say("No pictures match.")
    return 0


def export(session: Session, options: Namespace) -> int:
    """Print what is known about the images that match a search."""
    lines = csv_lines if options.format == "csv" else json_lines
    with session.client(options.url) as client, output(options.output, whole=True) as file:
        for line in lines(client.search(options.query or None)):
            file.write(line)
    return 0


def delete(session: Session, options: Namespace) -> int:
    """Delete images, by ID, by a search or all, and return 1 if one of them couldn't be deleted."""
    if bool(options.ids) + (options.query is not None) + options.all != 1:
        raise UsageError("name pictures by ID, or use --query or --all")
    if options.query is not None and not options.query.strip():  # such as an unset variable of a script
        raise UsageError("the search of --query is empty; to delete all pictures, use --all")
    with session.client(options.url) as client:
        ids: list[str] = options.ids or _found(client, options.query)
        if not ids:
            say("There are no pictures to delete.")
            return 0
        if not options.ids and not options.yes and not _confirm(len(ids), options):
            say("Nothing was deleted.")
            return FAILED
        deleted, failed = 0, 0
        for result in client.batch("delete", ids):
            if result["status"] == 204:
                deleted += 1
            else:
                failed += 1
                say(f"{result['id']}: {result['detail']}")
    say(f"Deleted {number(deleted, 'picture')}.")
    return FAILED if failed else 0


def _found(client: Client, query: str | None) -> list[str]:
    """Return the IDs that match a search, without pending images: it can't tell yet whether these match."""
    ids, pending = [], 0
    for image in client.search(query):
        if query is not None and image["status"] == "pending":
            pending += 1
        else:
            ids.append(image["id"])
    if pending:
        verb, subject = ("isn't", "it stays") if pending == 1 else ("aren't", "they stay")
        say(f"{number(pending, 'picture')} {verb} recognized yet, so {subject}.")
    return ids


def _confirm(count: int, options: Namespace) -> bool:
    option = "--all" if options.all else "--query"
    if not sys.stdin.isatty():
        raise UsageError(f"{option} needs --yes, because there is no terminal to ask on")
    pictures = f"all pictures ({count:,})" if options.all else number(count, "picture")
    print(f"Delete {pictures}? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _download(client: Client, view: ImageView, kind: Literal["original", "preview"], path: Path) -> None:
    link = view["links"].get(kind)
    if link is None:
        raise OutputError(f"There is no {kind}: the picture is {view['image']['status']}.")
    if is_stdout(path):
        sys.stdout.flush()
        stdout = sys.stdout.buffer
        if stdout.seekable():  # after >>, the position is 0, and a download that starts again truncates
            stdout.seek(0, SEEK_END)
        client.download(link, stdout)
        stdout.flush()
        return
    with explained(path), replacement(path) as part, part.open("wb") as file:
        client.download(link, file)


def _describe(image: Image) -> str:
    if image["status"] == "failed":
        return image["reason"]["message"]
    labels = [f"{each['name']} {each['confidence']:.0f}%" for each in image["labels"][:_LABELS]]
    return ", ".join(labels) or image["status"]
