"""Where the coordinator looks up what is finished, and writes down what becomes so: in memory or in a store."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Protocol

from zoopt.compare import _leases
from zoopt.compare._leases import Claim, Leases
from zoopt.compare._record import Run, Runs, columns
from zoopt.compare._store import DONE, Store
from zoopt.errors import StoreError

Results = Sequence[tuple[str, Sequence[Run]]]


class Ledger(Protocol):
    """What is known of jobs by their keys."""

    def finished(self) -> Mapping[str, str]:
        """Return the jobs that are not to be done, with how they ended."""

    def step(self, results: Results, keys: Sequence[str]) -> Claim:
        """Write results down, then ask for jobs."""

    def runs(self, keys: Iterable[str]) -> Runs:
        """Return the runs of jobs in order."""

    def close(self) -> None:
        """Give back what was not done."""


class InMemory:
    """Nothing is kept beyond the experiment, and nobody else is there."""

    def __init__(self) -> None:
        self._runs: dict[str, Sequence[Run]] = {}

    def finished(self) -> Mapping[str, str]:
        return {}

    def step(self, results: Results, keys: Sequence[str]) -> Claim:
        self._runs.update(results)
        return Claim(granted=list(keys))

    def runs(self, keys: Iterable[str]) -> Runs:
        return columns([run for key in keys for run in self._runs.get(key, ())])

    def close(self) -> None:
        pass


class InStore:
    """A store, which others may be writing too.

    Parameters
    ----------
    store : Store
    keys : sequence of str
        Of all jobs.
    retry_failed : bool
        Whether jobs that have ended without a result are to be done again, once.
    """

    def __init__(self, store: Store, keys: Sequence[str], *, retry_failed: bool) -> None:
        if store.read_only:
            raise StoreError(f"{store.path} was opened with read_only=True; open it without, to run experiments")
        self._store = store
        known = store.ended(keys)
        self._attempts = {key: was.attempts for key, was in known.items() if retry_failed and was.status != DONE}
        self._finished = {key: was.status for key, was in known.items() if key not in self._attempts}
        self._leases = Leases(store, _leases.PATIENCE)

    def finished(self) -> Mapping[str, str]:
        return self._finished

    def step(self, results: Results, keys: Sequence[str]) -> Claim:
        with self._store.transaction() as store:
            if results:
                store.write(results)
                self._leases.drop(key for key, _ in results)
            return self._leases.claim(keys, self._attempts) if keys else Claim()

    def runs(self, keys: Iterable[str]) -> Runs:
        return self._store.runs(keys)

    def close(self) -> None:
        with suppress(StoreError):
            self._leases.close()
