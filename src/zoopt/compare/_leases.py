"""Who runs what: coordinators that share a store tell each other which jobs they have in hand."""

import os
import platform
import threading
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from zoopt.compare._store import DONE, Store
from zoopt.errors import StoreError

PATIENCE = 30.0
"""Seconds without a sign of life after which a coordinator is taken for dead."""

_BEATS = 4  # signs of life within the patience of the others


@dataclass(frozen=True)
class Claim:
    """What came of asking for jobs: keys that are ours now, that are finished and how, and that others have in hand."""

    granted: list[str] = field(default_factory=list)
    finished: dict[str, str] = field(default_factory=dict)
    elsewhere: list[str] = field(default_factory=list)


class Leases:
    """The leases of one coordinator; they last while it lives and shows it.

    A sign of life is a number that the owner keeps counting up. Others take the owner for dead when the number has
    stood still for the owner's patience by their own clocks, so clocks need not agree. An owner on the same machine
    whose process is gone is dead at once.

    Parameters
    ----------
    store : Store
    patience : float
        Seconds after which the others may take over, > 0.
    """

    def __init__(self, store: Store, patience: float = PATIENCE) -> None:
        self.owner = uuid.uuid4().hex
        self.patience = patience
        self._store = store
        self._machine = machine()
        self._seen: dict[str, tuple[int, float]] = {}
        self._over = threading.Event()
        self._heart = threading.Thread(target=self._beat, name="zoopt-leases", daemon=True)
        self._sign_in(store)
        with store.transaction():
            self._taken(store)  # forgets the dead even where nothing is left to claim
        self._heart.start()

    def claim(self, keys: Sequence[str], attempts: Mapping[str, int]) -> Claim:
        """Take the jobs that are neither finished nor in the hands of a living coordinator.

        Parameters
        ----------
        keys : sequence of str
        attempts : mapping
            For jobs whose failure is to be repeated, how often they had been tried when that was decided.
        """
        claim = Claim()
        with self._store.transaction() as store:
            taken = self._taken(store)
            ended = store.ended(keys)
            for key in keys:
                if key in ended and (ended[key].status == DONE or ended[key].attempts > attempts.get(key, 0)):
                    claim.finished[key] = ended[key].status
                elif key in taken:
                    claim.elsewhere.append(key)
                else:
                    claim.granted.append(key)
            store.many("INSERT OR REPLACE INTO leases VALUES (?, ?)", ((key, self.owner) for key in claim.granted))
        return claim

    def drop(self, keys: Iterable[str]) -> None:
        """Give jobs back, finished or not."""
        with self._store.transaction() as store:
            store.many("DELETE FROM leases WHERE job = ? AND owner = ?", ((key, self.owner) for key in keys))

    def close(self) -> None:
        """Give everything back and stop showing life; where that cannot be written any more, the others will notice."""
        self._over.set()
        self._heart.join()
        with suppress(StoreError), self._store.transaction() as store:
            _forget(store, self.owner)

    def _sign_in(self, store: Store) -> None:
        with store.transaction():
            store.query(
                "INSERT OR REPLACE INTO owners VALUES (?, ?, ?, ?, 0)",
                (self.owner, self._machine, os.getpid(), self.patience),
            )

    def _taken(self, store: Store) -> set[str]:
        """Return what others have in hand; those who are dead are forgotten."""
        others = store.query(
            "SELECT owner, machine, process, patience, beat FROM owners WHERE owner <> ?", (self.owner,)
        ).fetchall()
        for owner, *signs in others:
            if not self._lives(owner, *signs):
                _forget(store, owner)
        leases = store.query("SELECT job FROM leases WHERE owner <> ?", (self.owner,)).fetchall() if others else []
        return {job for (job,) in leases}

    def _lives(self, owner: str, where: str, process: int, patience: float, beat: int) -> bool:
        if where == self._machine and not _is_running(process):
            return False
        now = time.monotonic()
        if self._seen.get(owner, (None, 0.0))[0] != beat:
            self._seen[owner] = (beat, now)
        return now - self._seen[owner][1] <= patience

    def _beat(self) -> None:
        """Count up until it is over, by a connection of this thread's own."""
        pause = self.patience / _BEATS
        while not self._over.wait(pause):
            with suppress(StoreError), Store(self._store.path, patience=pause) as store:
                while not self._over.wait(pause):
                    if not store.query("UPDATE owners SET beat = beat + 1 WHERE owner = ?", (self.owner,)).rowcount:
                        self._sign_in(store)  # this process was stopped for so long that it was taken for dead


def machine() -> str:
    """Return what tells this machine, since it was started, and its numbering of processes from others."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{platform.node()}|{boot}|{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return f"{platform.node()}|{uuid.getnode():x}"


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _forget(store: Store, owner: str) -> None:
    store.query("DELETE FROM leases WHERE owner = ?", (owner,))
    store.query("DELETE FROM owners WHERE owner = ?", (owner,))
