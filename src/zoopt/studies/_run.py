"""Carry a study out, as far as Ctrl-C lets it."""

import importlib.util
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from zoopt.errors import InvalidInput, MissingDependency
from zoopt.studies._definition import Definition, Item, definition
from zoopt.studies._options import checked
from zoopt.studies._study import Study

Progress = Callable[[Item], object]
NEEDED = ("pandas", "matplotlib", "jinja2", "sklearn")
"""What tables, figures, pages and data need; packages of the extra ``compare``."""


def run(name: str, *, quick: bool = False, seed: int = 0, progress: Progress | None = None, **options: object) -> Study:
    """Carry a study out.

    Parameters
    ----------
    name : str
        One of :func:`zoopt.studies.names`.
    quick : bool, default False
        Smaller sizes, the same claims. Options that are given go before those of the quick form.
    seed : int, default 0
        Of all random numbers, in [0, 2**63).
    progress : callable, optional
        Called with every claim, table and figure when it is ready.
    **options
        Those of the study; :func:`zoopt.studies.study_options` lists them with their ranges.

    Returns
    -------
    Study
        With what was ready, and status "interrupted", where Ctrl-C ended it.

    Raises
    ------
    UnknownName
        There is no such study.
    InvalidOption
        There is no such option, or its value is impossible.
    InvalidInput
        A seed out of its range.
    MissingDependency
        The study needs a package that is not installed; the message says how to get it.

    Examples
    --------
    >>> import zoopt.studies
    >>> found = zoopt.studies.run("embedding_dimension", quick=True, drawn_words=60, tokens=10_000)
    >>> found.claims[0].verdict, found.success
    ('holds', True)
    """
    missing = [package for package in NEEDED if importlib.util.find_spec(package) is None]
    if missing:
        raise MissingDependency(
            f"studies need {', '.join(missing)}, which is not installed; run: pip install 'zoopt-engine[compare]'"
        )
    known = definition(name)
    chosen = checked(name, known.options, options, quick=quick)
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise InvalidInput(f"seed is {seed!r}; give a whole number from 0 to 2**63 - 1")
    return carried_out(Study.empty(name, known, chosen, seed, quick=quick), known, chosen, progress)


def carried_out(study: Study, known: Definition, chosen: object, progress: Progress | None) -> Study:
    """Return the study with everything that got ready."""
    started = time.perf_counter()
    try:
        with _noticed() as pressed:
            for item in known.generate(chosen, study.seed):
                if pressed:  # a kernel has ended early and kept Ctrl-C to itself: the item is not what it should be
                    raise KeyboardInterrupt
                study.add(item)
                if progress is not None:
                    progress(item)
    except KeyboardInterrupt:
        study.status = "interrupted"
    study.seconds = time.perf_counter() - started
    return study


@contextmanager
def _noticed() -> Iterator[list[int]]:
    """Hand out a list that is not empty once Ctrl-C was pressed, whoever handles it first."""
    pressed: list[int] = []
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield pressed
        return

    def strike(number: int, frame: FrameType | None) -> None:
        pressed.append(number)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, strike)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
