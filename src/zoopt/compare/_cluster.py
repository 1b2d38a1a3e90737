"""A Dask cluster as the one who does the jobs.

What is sent to a cluster, and what it sends back, is pickled: whoever can reach the scheduler can have code executed,
here and there. Use clusters that you trust, in networks that you trust.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from zoopt.errors import MissingDependency, WorkerError

_CONNECTING_SECONDS = 10.0
_WORKERS_SECONDS = 60.0  # to wait for the first worker, or for another one when all are gone
_COUNTED_SECONDS = 1.0


def is_cluster(executor: object) -> bool:
    """Return whether it is a client of Dask, or an address."""
    return isinstance(executor, str) or (
        type(executor).__module__.partition(".")[0] == "distributed" and hasattr(executor, "get_executor")
    )


@contextmanager
def workers(cluster: Any) -> Iterator[tuple[Any, Callable[[], int]]]:
    """Give an executor of a cluster, and what tells how many workers' threads it has now.

    Parameters
    ----------
    cluster : Client or str
        A client of ``dask.distributed``, or the address of a scheduler, such as ``"tcp://192.0.2.1:8786"``.

    Raises
    ------
    MissingDependency
        ``distributed`` is not installed.
    WorkerError
        No scheduler answers, or it has no workers.
    """
    if not isinstance(cluster, str):
        yield cluster.get_executor(pure=False), _Threads(cluster)
        return
    try:
        import distributed
    except ImportError as error:
        raise MissingDependency(
            "a Dask cluster needs the package distributed: pip install 'zoopt-engine[dask]'"
        ) from error
    try:
        client = distributed.Client(cluster, timeout=_CONNECTING_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise WorkerError(
            f"no Dask scheduler answers at {cluster!r} ({error}); start one with `dask scheduler`, and give the "
            "address that it prints"
        ) from error
    with client:
        yield client.get_executor(pure=False), _Threads(client)


class _Threads:
    """Counts the threads of all workers; waits for some where there are none."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._count = 0
        self._when = 0.0

    def __call__(self) -> int:
        until = time.monotonic() + _WORKERS_SECONDS
        while self._count == 0 or time.monotonic() - self._when > _COUNTED_SECONDS:
            self._count = sum(self._client.nthreads().values())
            self._when = time.monotonic()
            if self._count == 0 and self._when > until:
                raise WorkerError(
                    f"the Dask cluster has had no workers for {_WORKERS_SECONDS:g} s; start some with `dask worker`"
                )
            if self._count == 0:
                time.sleep(0.2)
        return self._count
