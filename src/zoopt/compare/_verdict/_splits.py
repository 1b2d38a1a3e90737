"""The best of one objective whose seeds are splits of one data set: the corrected resampled t-test."""

from collections.abc import Mapping
from dataclasses import dataclass

from zoopt.compare import statistics
from zoopt.compare._verdict._terms import Contest, Outcome, Rules, Scores, Verdict


@dataclass(frozen=True)
class SplitRanking:
    """The best of one contest by mean, and how the others compare with it."""

    contest: Contest
    merits: Scores
    best: str
    against: Mapping[str, statistics.Comparison]
    adjusted: Mapping[str, float]

    @classmethod
    def of(cls, contest: Contest) -> "SplitRanking":
        """Test the best by mean against every other one."""
        merits = contest.merits
        best = max(merits, key=lambda label: float(merits[label].mean()))
        against = {
            label: statistics.corrected_t_test(merits[best], scores, contest.ratio, margin=1.0)
            for label, scores in merits.items()
            if label != best
        }
        adjusted = statistics.holm([comparison.p_value for comparison in against.values()])
        return cls(contest, merits, best, against, dict(zip(against, adjusted, strict=True)))

    def p_winner(self) -> float:
        """Return the p-value of the claim that the best beats every other one."""
        return max(self.adjusted.values())

    def p_tie(self, rules: Rules) -> float:
        """Return the p-value of the claim that all not separated from the best are its equals."""
        rivals = self._leading(rules.alpha)[1:]
        return max((self._equivalence(label, rules.margin).p_equivalent for label in rivals), default=1.0)

    def decide(self, p_winner: float, p_tie: float, rules: Rules, claims: int) -> Verdict:
        """Return the verdict, given the p-values adjusted over objectives; ``claims`` of them are left to Holm."""
        leading = self._leading(rules.alpha)
        outcome: Outcome = "cannot tell"
        if p_winner < rules.alpha:
            outcome = "winner"
        elif len(leading) > 1 and p_tie < rules.alpha:
            outcome = "tie"
        rival = max(self.adjusted, key=lambda label: (self.adjusted[label], self.against[label].p_value))
        hardest = self.against[rival]
        return Verdict(
            objective=self.contest.objective,
            outcome=outcome,
            best=self.best,
            leading=tuple(leading),
            rival=rival,
            difference=hardest.difference,
            low=hardest.low,
            high=hardest.high,
            standardised=hardest.standardised,
            p_value=p_winner,
            runs=hardest.runs,
            runs_needed=0 if outcome != "cannot tell" else self._runs_needed(leading[1:] or [rival], rules),
            failures=self.contest.failures,
            left_out=self.contest.left_out,
        )

    def _leading(self, alpha: float) -> list[str]:
        """Labels not separated from the best, the best first, then by mean."""
        near = [label for label, p in self.adjusted.items() if p >= alpha]
        return [self.best, *sorted(near, key=lambda label: self.against[label].difference)]

    def _equivalence(self, label: str, margin: float) -> statistics.Comparison:
        return statistics.corrected_t_test(
            self.merits[self.best], self.merits[label], self.contest.ratio, margin=margin
        )

    def _runs_needed(self, rivals: list[str], rules: Rules) -> int | None:
        """Further runs until each rival is either separated from the best or shown to be its equal."""
        ratio = self.contest.ratio
        level = rules.alpha / len(rivals)  # what Holm leaves for those still undecided
        totals: list[int] = []
        for label in rivals:
            comparison = self.against[label]
            options = (
                statistics.runs_to_separate(comparison, ratio, alpha=level, power=rules.power),
                statistics.runs_to_equate(comparison, ratio, alpha=rules.alpha, margin=rules.margin),
            )
            possible = [runs for runs in options if runs is not None]
            if not possible:
                return None
            totals.append(min(possible))
        return max(1, max(totals) - self.contest.runs)
