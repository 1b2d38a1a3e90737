"""Claims and studies in plain words. The text is plain: whoever shows it in markup escapes it."""

import math
import shlex
from typing import TYPE_CHECKING

from zoopt.studies._claim import Claim
from zoopt.studies._options import Value

if TYPE_CHECKING:
    from zoopt.studies._study import Study

_SIGNS = {"equals": "", "at least": "≥ ", "at most": "≤ "}


def number(value: float, digits: int = 7) -> str:
    """Return a number with so many digits at most, or a dash where there is none.

    Examples
    --------
    >>> number(8.31234768), number(1e-12), number(-3.0)
    ('8.312348', '1e-12', '−3')
    """
    return "–" if math.isnan(value) else f"{value:.{digits}g}".replace("-", "−", 1 if value < 0 else 0)


def prediction(claim: Claim) -> str:
    """Return what is predicted, with the tolerance where there is one.

    Examples
    --------
    >>> prediction(Claim(source="S1", statement="", prediction=1, measured=1, tolerance=0.01, kernel=""))
    '1 ± 0.01'
    """
    around = f" ± {claim.tolerance:.3g}" if claim.tolerance else ""
    return f"{_SIGNS[claim.relation]}{number(claim.prediction)}{around}"


def measured(claim: Claim) -> str:
    """Return what was measured; an estimate has fewer digits, and its interval.

    Examples
    --------
    >>> measured(Claim(source="S1", statement="", prediction=1, measured=0.98765, interval=(0.9, 1.1), kernel=""))
    '0.9877 [0.9, 1.1]'
    """
    if claim.interval is None:
        return number(claim.measured)
    value, low, high = (number(each, 4) for each in (claim.measured, *claim.interval))
    return f"{value} [{low}, {high}]"


def tag(claim: Claim) -> str:
    """Return what a reader must know before the verdict: an erratum, an open question, or nothing."""
    return "erratum" if claim.erratum else "open question" if claim.open else ""


def outcome(study: "Study") -> str:
    """Return how it went, in a sentence or two."""
    counts = {word: sum(claim.verdict == word for claim in study.claims) for word in ("holds", "fails", "cannot tell")}
    parts = [f"{counts['holds']} of {len(study.claims)} claims hold"]
    errata = sum(claim.erratum and claim.verdict == "fails" for claim in study.claims)
    if counts["fails"]:
        parts.append(
            f"{counts['fails']} fail{'s' if counts['fails'] == 1 else ''}"
            + (f", {errata} of them because the article is wrong there" if errata else "")
        )
    if counts["cannot tell"]:
        parts.append(f"of {counts['cannot tell']} it cannot be told")
    sentence = "; ".join(parts) + "."
    if study.status == "interrupted":
        sentence = f"Interrupted: this is what was ready by then. {sentence}"
    if study.unexpected:
        sentence += f" Not as expected: {', '.join(claim.source for claim in study.unexpected)}."
    return sentence


def command(study: "Study") -> str:
    """Return the command line that does the study again."""
    parts = ["zoopt", "study", study.name, *(["--quick"] if study.quick else []), "--seed", str(study.seed)]
    for name, value in study.changed.items():
        parts += ["--set", f"{name}={written(value)}"]
    return shlex.join(parts)


def written(value: Value) -> str:
    """Return the value of an option as the command line takes it.

    Examples
    --------
    >>> written((4, 8)), written(True), written(0.5)
    ('4,8', 'yes', '0.5')
    """
    if isinstance(value, tuple):
        return ",".join(written(item) for item in value)
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
