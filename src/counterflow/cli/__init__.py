"""The command line: parse, call one `Workspace` or `View` method, print.

stdout is data, stderr is talk. With ``--json`` one object is printed, or one a line for lists. Exit codes are those of
`counterflow.errors`, and 130 when interrupted. Nothing heavy is imported before a verb needs it.
"""

from counterflow.cli.app import main

__all__ = ["main"]

# each adds its verbs to `main`, in the order of the data flow
# isort: off
from counterflow.cli import fetching  # noqa: F401
from counterflow.cli import mapping  # noqa: F401
from counterflow.cli import writing  # noqa: F401
from counterflow.cli import resolving  # noqa: F401
from counterflow.cli import keeping  # noqa: F401
from counterflow.cli import linking  # noqa: F401
from counterflow.cli import reading  # noqa: F401
from counterflow.cli import patterns  # noqa: F401
from counterflow.cli import triage  # noqa: F401
from counterflow.cli import ranking  # noqa: F401
from counterflow.cli import screening  # noqa: F401
from counterflow.cli import dispositions  # noqa: F401
from counterflow.cli import features  # noqa: F401
from counterflow.cli import documents  # noqa: F401
from counterflow.cli import assessing  # noqa: F401
from counterflow.cli import asking  # noqa: F401
from counterflow.cli import hypotheses  # noqa: F401
from counterflow.cli import grades  # noqa: F401
from counterflow.cli import cases  # noqa: F401
from counterflow.cli import exporting  # noqa: F401
from counterflow.cli import sharing  # noqa: F401
from counterflow.cli import retention  # noqa: F401
from counterflow.cli import custody  # noqa: F401
from counterflow.cli import sanitising  # noqa: F401
from counterflow.cli import auditing  # noqa: F401
from counterflow.cli import identity  # noqa: F401
from counterflow.cli import running  # noqa: F401
from counterflow.cli import backtesting  # noqa: F401
