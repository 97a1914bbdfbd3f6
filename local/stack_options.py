"""The options of a local stack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from local.lambda_.invoker import SPEEDUP
from local.logs import Log, log_line
from local.rekognition.service import Rekognition
from local.settings import DEFAULT_CONCURRENCY


@dataclass(kw_only=True, eq=False)
class StackOptions:
    """Everything has a default. Port 0 picks any free port."""

    web_port: int = 0
    api_port: int = 0
    aws_port: int = 0
    sign_in_port: int = 0
    host: str = "127.0.0.1"
    aws_host: str = "127.0.0.1"
    parameters: Mapping[str, str] = field(default_factory=dict)
    event_url: str = ""  # receives the events, if not empty
    speedup: float = SPEEDUP  # divides the delays before retries
    concurrency: int = DEFAULT_CONCURRENCY  # worker processes per function
    engine: type[Rekognition] = Rekognition
    data: Path | None = None  # the folder that keeps everything; None: it's gone when the stack stops
    on_data_failure: Callable[[], None] = lambda: None  # has to end the process, as nothing is kept anymore
    schedules: bool = True  # whether they run
    now: Callable[[], datetime] = lambda: datetime.now(UTC)  # for the expiry of presigned URLs
    progress: Callable[[str], None] = lambda line: None
    log: Log = log_line  # for the output of the functions

    @property
    def has_own_users(self) -> bool:
        """Whether people sign in at the local provider. If not, SignInIssuer names another one."""
        return not self.parameters.get("SignInIssuer")
