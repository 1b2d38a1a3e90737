"""The command line: ``zoopt compare``, ``zoopt lr``, ``zoopt study``, ``zoopt algorithms`` and others.

Exit codes: 0 done, 1 a verdict or gate failed, 2 bad usage, 130 interrupted.
"""

import importlib.util
import sys
from collections.abc import Sequence

NEEDED = ("typer", "rich", "pandas", "sklearn", "jinja2", "plotly")
"""Packages of the extra ``compare`` that the commands import."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; the entry point of the script ``zoopt``.

    Parameters
    ----------
    arguments : sequence of str, optional
        Default: those of the process.
    """
    missing = _missing()
    if missing:
        print(
            f"error: the command line needs {', '.join(missing)}, which is not installed; "
            "run: pip install 'zoopt-engine[compare]'",
            file=sys.stderr,
        )
        raise SystemExit(2)
    from zoopt._commands import app

    app(args=None if arguments is None else list(arguments), prog_name="zoopt")


def _missing() -> list[str]:
    return [name for name in NEEDED if importlib.util.find_spec(name) is None]


if __name__ == "__main__":
    main()
