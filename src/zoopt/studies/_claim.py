"""A claim of an article beside what was measured, and the one place that judges it."""

import math
from dataclasses import dataclass
from typing import Literal

from zoopt.errors import InvalidInput

Relation = Literal["equals", "at least", "at most"]
Verdict = Literal["holds", "fails", "cannot tell"]

_RELATIONS = ("equals", "at least", "at most")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A statement with its prediction and its measurement; the verdict follows from the numbers.

    Parameters
    ----------
    source : str
        Where it stands: article and item, such as ``"S3.2"``.
    statement : str
        The claim in words.
    prediction : float
        What a closed form or the theory says.
    measured : float
        What came out.
    tolerance : float, default 0
        How far the measurement may be from the prediction, ≥ 0: rounding, truncation, or the margin that matters.
    kernel : str
        What computed the measurement, such as ``"zoopt.flows.descend"``.
    relation : {"equals", "at least", "at most"}
        How the measurement should stand to the prediction.
    interval : (float, float), optional
        Confidence interval of the measurement where it is an estimate.
    erratum : bool, default False
        The article is known to be wrong here: the claim is expected to fail.
    open : bool, default False
        No verdict is expected: whatever is measured is the answer.
    note : str, default ""
        What a reader should know of it.

    Raises
    ------
    InvalidInput
        A negative tolerance, an interval upside down, an unknown relation, or a claim both wrong and open.

    Examples
    --------
    >>> claim = Claim(source="S2.5", statement="the limit is 2/λ", prediction=2.0, measured=1.9996, tolerance=1e-3,
    ...               kernel="zoopt.flows.descend")
    >>> claim.verdict, claim.as_expected
    ('holds', True)
    >>> Claim(source="S4.5", statement="accuracy rises", prediction=0.0, measured=0.01, relation="at least",
    ...       interval=(-0.02, 0.04), kernel="zoopt.minimize").verdict
    'cannot tell'
    """

    source: str
    statement: str
    prediction: float
    measured: float
    kernel: str
    tolerance: float = 0.0
    relation: Relation = "equals"
    interval: tuple[float, float] | None = None
    erratum: bool = False
    open: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be judged, and keep plain floats."""
        for name in ("prediction", "measured", "tolerance"):
            object.__setattr__(self, name, float(getattr(self, name)))
        if self.interval is not None:
            low, high = (float(end) for end in self.interval)
            object.__setattr__(self, "interval", (low, high))
            if low > high:
                raise InvalidInput(f"interval of {self.source}: got ({low:g}, {high:g}); give (low, high)")
        if not self.tolerance >= 0:
            raise InvalidInput(f"tolerance of {self.source}: got {self.tolerance:g}; give a number ≥ 0")
        if self.relation not in _RELATIONS:
            raise InvalidInput(f"relation of {self.source}: got {self.relation!r}; give one of {', '.join(_RELATIONS)}")
        if self.erratum and self.open:
            raise InvalidInput(f"{self.source} is said to be wrong and open; leave one of erratum and open out")

    @property
    def region(self) -> tuple[float, float]:
        """The measurements at which the claim holds: (low, high), ends included."""
        low = -math.inf if self.relation == "at most" else self.prediction - self.tolerance
        high = math.inf if self.relation == "at least" else self.prediction + self.tolerance
        return low, high

    @property
    def verdict(self) -> Verdict:
        """Holds where the measurement, its whole interval if it has one, is in the region; fails where all is outside.

        Cannot tell where the interval is partly inside, and where a number is missing (NaN).
        """
        low, high = self.region
        least, most = self.interval or (self.measured, self.measured)
        if any(map(math.isnan, (low, high, least, most, self.measured))):
            return "cannot tell"
        if low <= least and most <= high:
            return "holds"
        return "fails" if most < low or high < least else "cannot tell"

    @property
    def expected(self) -> Verdict | Literal["any"]:
        """The verdict that is expected of it."""
        return "any" if self.open else "fails" if self.erratum else "holds"

    @property
    def as_expected(self) -> bool:
        """Whether the verdict is the expected one."""
        return self.open or self.verdict == self.expected

    def record(self) -> dict[str, object]:
        """Return a line for tables: plain values under the names of the columns."""
        low, high = self.interval or (math.nan, math.nan)
        return {
            "source": self.source, "statement": self.statement, "relation": self.relation,
            "prediction": self.prediction, "measured": self.measured, "low": low, "high": high,
            "tolerance": self.tolerance, "verdict": self.verdict, "expected": self.expected,
            "as_expected": self.as_expected, "erratum": self.erratum, "open": self.open, "kernel": self.kernel,
            "note": self.note,
        }  # fmt: skip
