"""The state of an optimizer, to go on from, and the record of a run, to go through it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, real_numbers, shown, whole
from zoopt._described import Described
from zoopt.errors import StateError

STATE_FORMAT = 2
BYTES_A_ROW = 64  # costs, weights and their order


class Saved(Described):
    """The part of :class:`zoopt.Optimizer` that saves and goes on."""

    sense: Literal["min", "max"]
    seed: int
    _memory_limit: float
    _first_population: int
    _first_scale: float
    _start: FloatArray
    _records: bool

    def state_dict(self) -> dict[str, object]:
        """Return the whole state: strings, integers, floats and arrays only, never noise."""
        return self._identity() | dict(self._engine.save())

    def load_state_dict(self, state: dict[str, object]) -> None:
        """Go on from a state of :meth:`state_dict`; all that follows is bit-identical.

        Raises
        ------
        StateError
            If it is no state, or one of another algorithm, dimension, population, sense, format or version of the
            noise. The optimizer is then what it was before.

        Notes
        -----
        Lists and zero-dimensional arrays, as JSON and npz files return them, are taken for what they were.
        """
        if not isinstance(state, Mapping):
            raise StateError(f"a state is a dict of state_dict(), got {shown(state)}")
        fields = {key: _field(value) for key, value in state.items()}
        expected = self._identity()
        for key, value in expected.items():
            found = fields.get(key)
            if type(found) is not type(value) or found != value:
                raise StateError(f"the state has {key} {found!r}, this optimizer needs {value!r}")
        population = fields.get("leg.population")
        if isinstance(population, int) and population * BYTES_A_ROW > self._memory_limit:
            raise StateError(f"the population of the state, {population}, takes more than memory_limit; raise it")
        self._engine.load({key: value for key, value in fields.items() if key not in expected})
        self.seed = int(fields["seed"])  # type: ignore[call-overload]

    @property
    def record(self) -> dict[str, object]:
        """What :meth:`replay` takes: start, seed and the weights of all generations since the start.

        Raises
        ------
        StateError
            If the optimizer was not made with ``record=True``.

        Notes
        -----
        A generation takes 8 bytes a candidate, whatever the dimension; the noise is made again from the seed. Where
        :meth:`resample` replaced candidates, "redraws" has a row for each: generation, round of the call, and sample.
        """
        if not self._records:
            raise StateError("no record was kept; make the optimizer with record=True")
        kept = self._engine.record
        sizes = {weights.size for weights, _ in kept}
        if len(sizes - {self._first_population}) > 0 or len(kept) != self.generation:
            raise StateError(
                "the record is not of one whole run: replay() needs all generations since the start, without a state "
                "loaded in between and without restarts that change the population"
            )
        weights = np.array([weights for weights, _ in kept]).reshape(-1, self.population)
        redraws = [np.insert(rows, 0, generation, axis=1) for generation, (_, rows) in enumerate(kept)]
        return self._identity() | {
            "seed": self.seed,
            "scale": self._first_scale,
            "start": self._start.copy(),
            "weights": weights,
            "redraws": np.concatenate([np.empty((0, 3), dtype=np.int64), *redraws]),
        }

    def replay(self, record: dict[str, object], generations: int | None = None) -> None:
        """Go through a recorded run again, without any evaluation, to where it was after `generations`.

        Parameters
        ----------
        record : dict
            Of :attr:`record` of an optimizer made with the same arguments.
        generations : int, optional
            How far to go; default: all of it. The mean, scale and covariance are then those of the recorded run, bit
            for bit; best value and trace, which need values, stay empty.

        Raises
        ------
        StateError
            If the record is of another algorithm, start, scale or seed, if this optimizer has already begun, or if the
            algorithm restarts, has a control variate or is told gradients.
        """
        if not isinstance(record, Mapping):
            raise StateError(f"a record is a dict, Optimizer.record of another run, got {shown(record)}")
        if self.generation > 0:
            raise StateError(f"replay() needs a fresh optimizer, this one is in generation {self.generation}")
        mine = self._identity() | {"seed": self.seed, "scale": self._first_scale}
        for key, value in mine.items():
            found = _field(record.get(key))
            if isinstance(found, np.ndarray) or found != value:
                raise StateError(f"the record has {key} {shown(found)}, this optimizer has {value!r}")
        if not np.array_equal(np.asarray(record.get("start")), self._start):
            raise StateError("the record has another start; make the optimizer with the x0 of the recorded run")
        weights = self._recorded(record.get("weights"))
        most = len(weights)
        last = most if generations is None else whole("generations", generations, low=0, high=most)
        redraws = _redrawn(record.get("redraws"))
        for generation, row in enumerate(weights[:last]):
            own = redraws[redraws[:, 0] == generation, 1:]
            self._engine.replay(np.ascontiguousarray(row), np.ascontiguousarray(own))

    def _recorded(self, weights: object) -> FloatArray:
        """Return the weights of a record: all finite in a generation, or none where all of its values were invalid."""
        rows = real_numbers(weights)
        if rows is None or rows.ndim != 2 or rows.shape[1] != self.population:
            got = shown(weights) if rows is None else f"shape {rows.shape}"
            raise StateError(f"the record needs weights of shape (generations, {self.population}), got {got}")
        bad = np.flatnonzero(~(np.isfinite(rows).all(axis=1) | np.isnan(rows).all(axis=1)))
        if bad.size:
            raise StateError(f"the weights of generation {bad[0]} of the record are not finite")
        return rows

    def _identity(self) -> dict[str, object]:
        """Return what a state must share with this optimizer."""
        cell = self.cell
        return {
            "format": STATE_FORMAT,
            "noise_version": _core.NOISE_VERSION,
            "algorithm": cell.name,
            "stages": " ".join((cell.distribution, cell.shaping, cell.metric, cell.update, cell.schedule, cell.driver)),
            "antithetic": int(cell.antithetic),
            "population": self._first_population,
            "sense": self.sense,
        }


def _redrawn(redraws: object) -> npt.NDArray[np.int64]:
    """Return the redraws of a record: generation, round and sample of each, whole numbers."""
    numbers = real_numbers(redraws)
    rows = np.empty((0, 3)) if numbers is not None and numbers.size == 0 else numbers
    if rows is None or rows.ndim != 2 or rows.shape[1] != 3 or not np.all((rows >= 0) & (rows == np.floor(rows))):
        raise StateError(f"the record needs redraws of shape (replaced, 3), whole numbers, got {shown(redraws)}")
    return rows.astype(np.int64)


def _field(value: object) -> object:
    """Return one field of a state as the core takes it."""
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        return value.item()
    if not isinstance(value, list | tuple | np.ndarray):
        return value
    numbers = real_numbers(value)
    return value if numbers is None or numbers.ndim != 1 else np.ascontiguousarray(numbers)
