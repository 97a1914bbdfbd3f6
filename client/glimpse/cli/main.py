"""`glimpse`: upload, find, export and delete pictures from the command line."""

from __future__ import annotations

import os
import re
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from shlex import quote

from glimpse import __version__
from glimpse.cli import reading, signing_in, upload
from glimpse.cli.terminal import FAILED, INTERRUPTED, WRONG_USAGE, UsageError, say
from glimpse.errors import Canceled, GlimpseError, InvalidQuery
from glimpse.session import Session
from glimpse.store import CredentialStore, default_folder

NewSession = Callable[[Mapping[str, str]], Session]
_JOBS = 8  # uploads at a time
_ID_HELP = "of a picture, as glimpse search prints it"
_BROKEN_PIPE = 141  # as a shell reports SIGPIPE


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"must be a whole number of 1 or more, not {text}")
    return int(text)


def _image_id(text: str) -> str:
    if not re.fullmatch("[0-9a-f]{64}", text):
        raise ArgumentTypeError(f"{text} isn't an ID: glimpse search prints IDs of 64 characters")
    return text


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="glimpse",
        description="Upload, find, export and delete pictures.",
        epilog="Programs set GLIMPSE_URL, GLIMPSE_CLIENT_ID and GLIMPSE_CLIENT_SECRET instead of signing in.",
    )
    parser.add_argument("--url", help="the page of the stack; default: GLIMPSE_URL, or the last sign-in")
    parser.add_argument("--version", action="version", version=f"glimpse {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(name: str, run: Callable[[Session, Namespace], int], text: str) -> ArgumentParser:
        command = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        command.set_defaults(run=run, parser=command)
        return command

    login = add("login", signing_in.login, "sign in with the browser, or as a program with --client-id")
    login.add_argument("page", metavar="URL", help="the page of the stack")
    login.add_argument(
        "--client-id",
        help="of a program; its secret is asked for, or read from stdin or GLIMPSE_CLIENT_SECRET",
    )
    add("logout", signing_in.logout, "delete the stored credentials")

    uploading = add("upload", upload.run, "upload pictures and wait for the results")
    uploading.add_argument(
        "paths", metavar="PATH", type=Path, nargs="+", help="a picture, or a folder of them"
    )
    uploading.add_argument(
        "--jobs", type=_positive, default=_JOBS, help=f"uploads at a time; default: {_JOBS}"
    )
    uploading.add_argument("--no-wait", action="store_true", help="don't wait for the results")
    uploading.add_argument("--output", type=Path, help="write the JSON Lines to this file, not to stdout")

    get = add("get", reading.get, "print a picture's data as JSON, or download the picture")
    get.add_argument("id", metavar="ID", type=_image_id, help=_ID_HELP)
    get.add_argument(
        "--original", type=Path, metavar="FILE", help="write the original to this file, or - for stdout"
    )
    get.add_argument(
        "--preview", type=Path, metavar="FILE", help="write the preview (WebP) to this file, or - for stdout"
    )

    search = add("search", reading.search, "list the pictures that match a search, newest first")
    _add_query(search, '"cat -dog"')
    search.add_argument("--limit", type=_positive, help="at most so many")

    export = add("export", reading.export, "print what is known about the pictures that match a search")
    _add_query(export, '"tag:sale"')
    export.add_argument("--format", choices=("csv", "jsonl"), required=True)
    export.add_argument("--output", type=Path, help="write to this file, not to stdout")

    delete = add("delete", reading.delete, "delete pictures with all their data")
    delete.add_argument("ids", metavar="ID", nargs="*", type=_image_id, help=_ID_HELP)
    delete.add_argument("--query", help="delete those that match this search")
    delete.add_argument("--all", action="store_true", help="delete all pictures")
    delete.add_argument("--yes", action="store_true", help="don't ask")
    return parser


def _add_query(command: ArgumentParser, example: str) -> None:
    command.add_argument("query", metavar="QUERY", nargs="?", help=f"such as {example}; default: all")
    command.add_argument(
        "--query", dest="option_query", metavar="QUERY", help="the same, for one that begins with -"
    )


def _parse(arguments: Sequence[str]) -> Namespace:
    """Return the options, or exit with the usage of the command and what is wrong."""
    options, unknown = _parser().parse_known_args(arguments)
    parser: ArgumentParser = options.parser
    takes_query = "option_query" in options
    if unknown and takes_query and not any(each.startswith("--") for each in unknown):
        given = [each for each in (options.query, options.option_query) if each is not None]
        words = " ".join([*given, *unknown])
        option = "--query=" if words.startswith("-") else ""
        parser.error(f"put the search in quotes: {parser.prog} {option}{quote(words)}")
    if unknown:
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    if takes_query and options.option_query is not None:
        if options.query is not None:
            parser.error("give the search once, with --query or without")
        options.query = options.option_query
    return options


def _new_session(environ: Mapping[str, str]) -> Session:
    return Session.create(CredentialStore(default_folder(environ)), environ)


def main(arguments: Sequence[str], environ: Mapping[str, str], new_session: NewSession = _new_session) -> int:
    """Run a command and return its exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    options = _parse(arguments)
    try:
        with new_session(environ) as session:
            code: int = options.run(session, options)
            return code
    except UsageError as error:
        parser: ArgumentParser = options.parser
        parser.error(str(error))
    except (KeyboardInterrupt, Canceled):
        say("Interrupted.")
        return INTERRUPTED
    except InvalidQuery as error:
        say(str(error))
        return WRONG_USAGE
    except GlimpseError as error:
        say(str(error))
        return FAILED
    except BrokenPipeError:  # such as `glimpse search … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE


def run() -> int:
    """Run the command of this process."""
    return main(sys.argv[1:], os.environ)
