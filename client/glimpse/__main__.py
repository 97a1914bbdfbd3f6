"""`python -m glimpse`."""

import sys

from glimpse.cli.main import run

sys.exit(run())
