"""The best of one objective whose seeds are independent runs: signed ranks."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from zoopt.compare import statistics
from zoopt.compare._verdict._order import Advantage, Order
from zoopt.compare._verdict._terms import Contest, FloatArray, Outcome, Rules, Verdict


@dataclass(frozen=True)
class RunRanking:
    """The best of one contest by average rank, and how the others compare with it.

    Attributes
    ----------
    p_better : mapping of str to float
        For each other one: two-sided p-value of the signed ranks, 1 where the best is not the better of the two.
    """

    contest: Contest
    order: Order
    best: str
    against: Mapping[str, Advantage]
    p_better: Mapping[str, float]

    @classmethod
    def of(cls, contest: Contest) -> "RunRanking":
        """Test the best by average rank against every other one."""
        order, labels = Order(contest), tuple(contest.optimisers)
        ranks = statistics.rank_table(order.places.T.astype(np.float64))
        best = labels[int(np.argmin(ranks.mean(axis=0)))]
        against = {label: order.advantage(best, label) for label in labels if label != best}
        tests = {label: statistics.signed_rank_test(found.differences) for label, found in against.items()}
        return cls(contest, order, best, against, {label: min(1.0, 2.0 * t.p_greater) for label, t in tests.items()})

    def p_winner(self) -> float:
        """Return the p-value of the claim that the best beats every other one.

        It needs every single one of its tests, so that the largest p-value is that of the whole claim.
        """
        return max(self.p_better.values())

    def p_tie(self, rules: Rules) -> float:
        """Return the p-value of the claim that all not separated from the best are its equals."""
        rivals = self._leading(rules.alpha)[1:]
        return max((self._p_equivalent(label, rules) for label in rivals), default=1.0)

    def decide(self, p_winner: float, p_tie: float, rules: Rules, claims: int) -> Verdict:
        """Return the verdict, given the p-values adjusted over objectives; ``claims`` of them are left to Holm."""
        leading = self._leading(rules.alpha)
        outcome: Outcome = "cannot tell"
        if p_winner < rules.alpha:
            outcome, leading = "winner", leading[:1]
        elif len(leading) > 1 and p_tie < rules.alpha:
            outcome = "tie"
        rival = max(self.p_better, key=lambda label: (self.p_better[label], -_centre(self.against[label])))
        hardest = self.against[rival]
        difference, low, high = statistics.hodges_lehmann(hardest.differences)
        places = dict(zip(self.contest.optimisers, self.order.places, strict=True))
        return Verdict(
            objective=self.contest.objective,
            outcome=outcome,
            best=self.best,
            leading=tuple(leading),
            rival=rival,
            difference=difference,
            low=low,
            high=high,
            p_value=p_winner,
            runs=self.contest.runs,
            runs_needed=0 if outcome != "cannot tell" else self._runs_needed(leading[1:] or [rival], rules, claims),
            measure=hardest.measure,
            rank_biserial=statistics.signed_rank_test(hardest.differences).rank_biserial,
            superiority=statistics.vargha_delaney(-places[self.best], -places[rival]),
            failures=self.contest.failures,
            left_out=self.contest.left_out,
        )

    def _leading(self, alpha: float) -> list[str]:
        """Labels that Holm does not separate from the best, the best first, then by the distance from it."""
        adjusted = dict(zip(self.p_better, statistics.holm(list(self.p_better.values())), strict=True))
        near = [label for label, p in adjusted.items() if p >= alpha]
        return [self.best, *sorted(near, key=lambda label: _centre(self.against[label]))]

    def _p_equivalent(self, label: str, rules: Rules) -> float:
        found = self.against[label]
        return statistics.equivalence_test(found.differences, margin_of(found, rules))

    def _runs_needed(self, rivals: list[str], rules: Rules, claims: int) -> int | None:
        """Further runs until each rival is either separated from the best or shown to be its equal."""
        totals: list[int] = []
        for label in rivals:
            found = self.against[label]
            options = (
                statistics.signed_rank_runs(found.differences, tail=rules.alpha / claims / 2.0, power=rules.power),
                _runs_to_equate(found.differences, margin_of(found, rules), rules.alpha / claims),
            )
            possible = [runs for runs in options if runs is not None]
            if not possible:
                return None
            totals.append(min(possible))
        return max(1, max(totals) - self.contest.runs)


def margin_of(found: Advantage, rules: Rules) -> float:
    """Return the margin within which differences of this measure do not matter."""
    return rules.margin if found.measure == "value" else rules.decades


def _runs_to_equate(differences: FloatArray, margin: float, alpha: float) -> int | None:
    """Return the runs with which both one-sided tests would turn if all stays as measured."""
    above = statistics.signed_rank_runs(differences, tail=alpha, power=0.5, centre=-margin)
    below = statistics.signed_rank_runs(-differences, tail=alpha, power=0.5, centre=-margin)
    return None if above is None or below is None else max(above, below)


def _centre(found: Advantage) -> float:
    return float(np.mean(np.sign(found.differences)))
