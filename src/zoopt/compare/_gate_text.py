"""The grammar of gates, such as ``'cma-es >= snes on rosenbrock by 0.1'``. Nothing in it is evaluated.

.. code-block:: text

   gates     = gate { "and" gate }
   gate      = label operator label [ where ] [ "by" number ]
   operator  = ">=" | ">" | "=="
   where     = "on" pattern | "everywhere" | "overall"
   label, pattern = a word, or anything between quotes; "*" in a pattern stands for any text
"""

import difflib
import math
import re
from dataclasses import dataclass
from typing import Literal

from zoopt.errors import InvalidInput

Operator = Literal[">=", ">", "=="]
OPERATORS: tuple[Operator, ...] = (">=", ">", "==")
EVERYWHERE = "*"

_KEYWORDS = ("on", "everywhere", "overall", "by", "and")
_TOKEN = re.compile(
    r"""\s*(?: (?P<quote>['"]) (?P<quoted>.*?) (?P=quote)
             | (?P<operator> >= | == | > | <= | < )
             | (?P<word> (?: (?! >= | == ) [^\s'"<>] )+ )
             | (?P<unclosed> \S ) )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition.

    Attributes
    ----------
    text : str
        As it was written.
    first, second : str
        Labels of the two optimisers.
    operator : {">=", ">", "=="}
        Not significantly worse, significantly better, equivalent within the margin.
    where : str
        Pattern of the objectives, ``"*"`` for all.
    overall : bool
        Whether ranks over all objectives are compared instead.
    margin : float or None
        None for the default: 0 of ``>=`` and ``>``, that of the rules of ``==``.
    """

    text: str
    first: str
    operator: Operator
    second: str
    where: str = EVERYWHERE
    overall: bool = False
    margin: float | None = None

    def matches(self, objective: str) -> bool:
        """Return whether the gate is about an objective."""
        pattern = ".*".join(re.escape(part) for part in self.where.split("*"))
        return re.fullmatch(pattern, objective, re.DOTALL) is not None


@dataclass(frozen=True, slots=True)
class _Token:
    kind: Literal["text", "operator", "keyword", "unclosed", "end"]
    text: str
    start: int
    end: int


def parse_gates(text: str) -> list[Gate]:
    """Return the gates that a text names.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of Gate
        At least one.

    Raises
    ------
    InvalidInput
        The message points at the column and says what was expected there.

    Examples
    --------
    >>> gate, = parse_gates("cma-es >= 'snes (warm)' on rosen* by 0.1")
    >>> gate.first, gate.operator, gate.second, gate.where, gate.margin
    ('cma-es', '>=', 'snes (warm)', 'rosen*', 0.1)
    """
    return _Parser(text).gates()


class _Parser:
    """Reads tokens one after the other; each method reads what it is named after."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._at = 0

    def gates(self) -> list[Gate]:
        found = [self._gate()]
        while self._takes("and"):
            found.append(self._gate())
        if self._next.kind != "end":
            raise self._error(f"'and' or the end{self._hint()}")
        return found

    def _gate(self) -> Gate:
        start = self._next.start
        first = self._label("the label of an optimiser")
        operator = self._operator()
        repeated = self._next
        second = self._label("the label of another optimiser")
        if second == first:
            raise self._error(f"another optimiser than {first!r}", repeated)
        placed = self._next
        where, overall = self._where()
        bounded = self._next
        margin = self._margin()
        if overall and operator == "==":
            raise self._error("'everywhere': ranks over all objectives cannot show that two are equal", placed)
        if overall and margin is not None:
            raise self._error("no margin: ranks over all objectives have none", bounded)
        text = self._text[start : self._tokens[self._at - 1].end]
        return Gate(text, first, operator, second, where, overall, margin)

    def _label(self, expected: str) -> str:
        token = self._next
        if token.kind != "text":
            raise self._error(f"{expected}; one that has spaces or is a keyword is written in quotes")
        self._at += 1
        return token.text

    def _operator(self) -> Operator:
        token = self._next
        for operator in OPERATORS:
            if token.kind == "operator" and token.text == operator:
                self._at += 1
                return operator
        hint = "; turn the sides round" if token.text in ("<", "<=") else "; a label with spaces is written in quotes"
        raise self._error(f"'>=', '>' or '=='{hint}")

    def _where(self) -> tuple[str, bool]:
        if self._takes("on"):
            return self._label("the name of an objective, '*' for any text"), False
        if self._takes("overall"):
            return EVERYWHERE, True
        self._takes("everywhere")
        return EVERYWHERE, False

    def _margin(self) -> float | None:
        if not self._takes("by"):
            return None
        token = self._next
        try:
            margin = float(token.text) if token.kind == "text" else math.nan
        except ValueError:
            margin = math.nan
        if not (math.isfinite(margin) and margin > 0):
            raise self._error("a number > 0, the margin")
        self._at += 1
        return margin

    def _takes(self, keyword: str) -> bool:
        if self._next.kind != "keyword" or self._next.text != keyword:
            return False
        self._at += 1
        return True

    def _hint(self) -> str:
        near = difflib.get_close_matches(self._next.text, _KEYWORDS, 1) if self._next.kind == "text" else []
        return f"; did you mean {near[0]!r}?" if near else ""

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _error(self, expected: str, token: _Token | None = None) -> InvalidInput:
        at = token or self._next
        if at.kind == "unclosed":
            expected = "a closing quote after it"
        got = "the end" if at.kind == "end" else repr(self._text[at.start : at.end])
        pointer = " " * at.start + "^"
        return InvalidInput(
            f"a gate cannot be read at column {at.start + 1}: got {got}, expected {expected}\n"
            f"  {self._text}\n  {pointer}"
        )


def _tokens(text: str) -> list[_Token]:
    """Split a text; the last token is its end."""
    tokens: list[_Token] = []
    position, stripped = 0, text.rstrip()
    while position < len(stripped):
        match = _TOKEN.match(stripped, position)
        if match is None:
            break
        tokens.append(_token(match))
        position = match.end()
    return [*tokens, _Token("end", "", len(stripped), len(stripped))]


def _token(match: re.Match[str]) -> _Token:
    start = match.start() + len(match[0]) - len(match[0].lstrip())
    if match["quote"]:
        return _Token("text", match["quoted"], start, match.end())
    if match["operator"]:
        return _Token("operator", match["operator"], start, match.end())
    if match["word"]:
        return _Token("keyword" if match["word"] in _KEYWORDS else "text", match["word"], start, match.end())
    return _Token("unclosed", match["unclosed"], start, match.end())
