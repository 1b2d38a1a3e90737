"""What users get wrong with BLEU and n-best lists, and what they are told."""

import numpy as np
import pytest

from zoopt.errors import InvalidInput, InvalidType, UnknownName
from zoopt.objectives import (
    RerankObjective,
    bleu_from_statistics,
    bleu_statistics,
    corpus_bleu,
    function,
    line_search,
    mert,
    sentence_bleu,
)

FEATURES = [np.arange(6.0).reshape(3, 2), np.arange(4.0).reshape(2, 2)]
HYPOTHESES = [["a b", "a c", "b"], ["d", "e"]]
REFERENCES = ["a b", ["d", "d e"]]
GOOD = RerankObjective(FEATURES, HYPOTHESES, REFERENCES)

BLEU_MISTAKES = [
    (([], []), {}, InvalidInput, "hypotheses is empty"),
    (("a b", ["a b"]), {}, InvalidType, "hypotheses must be a sequence of sentences"),
    ((["a"], "a"), {}, InvalidType, "references must be a sequence"),
    ((["a", "b"], ["a"]), {}, InvalidInput, "one entry for each of the hypotheses: 2, but there are 1"),
    ((["a", "b"], [["a", "b"]]), {}, InvalidInput, r"pass list\(zip\(\*references\)\)"),
    ((["a"], [[]]), {}, InvalidInput, r"references\[0\] is empty"),
    ((["a"], [None]), {}, InvalidType, r"references\[0\] must be a string or several"),
    (([None], ["a"]), {}, InvalidType, r"hypotheses\[0\] must be a string, got None"),
    ((["a", 3], ["a", "b"]), {}, InvalidType, r"hypotheses\[1\] must be a string"),
    (([["a"]], ["a"]), {}, InvalidType, "pass tokenize=None"),
    ((["a"], ["a"]), {"tokenize": None}, InvalidType, "is a string, but with tokenize=None"),
    (([["a", 3]], [["a"]]), {"tokenize": None}, InvalidType, "sequence of tokens, which are strings"),
    ((["a"], ["a"]), {"tokenize": "13b"}, UnknownName, "no tokeniser named '13b'; did you mean '13a'"),
    ((["a"], ["a"]), {"smooth_method": "addk"}, UnknownName, "did you mean 'add-k'"),
    ((["a"], ["a"]), {"smooth_value": 0.1}, InvalidInput, "'exp' has none"),
    ((["a"], ["a"]), {"smooth_method": "floor", "smooth_value": -1}, InvalidInput, "not negative"),
    ((["a"], ["a"]), {"smooth_method": "floor", "smooth_value": np.inf}, InvalidInput, "finite"),
    ((["a"], ["a"]), {"lowercase": "yes"}, InvalidType, "lowercase must be True or False"),
    ((["a"], ["a"]), {"effective_order": 1}, InvalidType, "effective_order must be True or False"),
]


@pytest.mark.parametrize(("arguments", "options", "error", "message"), BLEU_MISTAKES)
def test_bleu(arguments, options, error, message):
    with pytest.raises(error, match=message):
        corpus_bleu(*arguments, **options)


def test_bleu_parts():
    with pytest.raises(InvalidInput, match=r"shape \(10,\), got \(1, 10\); add up rows"):
        bleu_from_statistics(bleu_statistics(["a"], ["a"]))
    with pytest.raises(InvalidInput, match="not negative"):
        bleu_from_statistics(-np.ones(10))
    with pytest.raises(InvalidType, match=r"hypotheses\[0\] must be a string"):
        sentence_bleu(["a"], "a")


def changed(**arguments):
    return {"features": FEATURES, "hypotheses": HYPOTHESES, "references": REFERENCES} | arguments


WITH_NAN = [FEATURES[0], np.array([[0.0, 1.0], [np.nan, 2.0]])]
LIST_MISTAKES = [
    (changed(features=[]), InvalidInput, "features is empty"),
    (changed(features="abc"), InvalidType, "features must be a sequence of arrays"),
    (changed(features=[FEATURES[0], np.zeros((0, 2))]), InvalidInput, r"features\[1\] must have at least one"),
    (changed(features=[FEATURES[0], np.zeros(2)]), InvalidInput, r"features\[1\] must have shape"),
    (changed(features=[[[1.0, 2.0], [3.0]], FEATURES[1]]), InvalidType, r"features\[0\] must hold real numbers"),
    (changed(features=[FEATURES[0], np.zeros((2, 3))]), InvalidInput, r"features\[1\] has 3 columns, features\[0\]"),
    (changed(features=WITH_NAN), InvalidInput, r"features\[1\] must be finite, but hypothesis 1, column 0 is nan"),
    (changed(features=FEATURES[:1]), InvalidInput, "2 lists of hypotheses, but features of 1"),
    (changed(hypotheses=HYPOTHESES[:1]), InvalidInput, "1 lists of hypotheses, but features of 2"),
    (changed(hypotheses=[["a", "b"], ["d", "e"]]), InvalidInput, r"hypotheses\[0\] has 2 sentences, but .* 3 rows"),
    (changed(hypotheses=["abc", "de"]), InvalidType, r"hypotheses\[0\] must be a list of sentences"),
    (changed(references=["a"]), InvalidInput, "one entry for each of the lists: 2, but there are 1"),
    (changed(references=[[], "d"]), InvalidInput, r"references\[0\] is empty"),
    (changed(references=None), InvalidInput, "BLEU needs hypotheses and references"),
    (changed(hypotheses=None), InvalidInput, "BLEU needs hypotheses and references"),
    (changed(metric="blue"), UnknownName, "did you mean 'bleu'"),
    (changed(sense="min"), InvalidInput, "sense must be 'max'"),
    (changed(tokenize="intl"), UnknownName, "no tokeniser named 'intl'"),
    (changed(smooth_method="x"), UnknownName, "no smoothing method named 'x'"),
    (changed(threads=0), InvalidInput, "threads must lie in"),
    (changed(metric=len), InvalidInput, "references or statistics|needs statistics"),
    (changed(statistics=FEATURES), InvalidInput, "not both"),
]


@pytest.mark.parametrize(("arguments", "error", "message"), LIST_MISTAKES)
def test_lists(arguments, error, message):
    with pytest.raises(error, match=message):
        RerankObjective(**arguments)


STATISTICS_MISTAKES = [
    ({"statistics": FEATURES}, "the objective needs 10"),
    ({"statistics": [np.zeros((3, 10))]}, "statistics of 1 lists, but features of 2"),
    ({"statistics": [np.zeros((2, 10)), np.zeros((2, 10))]}, r"statistics\[0\] has 2 rows, but features\[0\] has 3"),
    ({"statistics": [np.full((3, 10), np.inf), np.zeros((2, 10))]}, "must be finite"),
]


@pytest.mark.parametrize(("arguments", "message"), STATISTICS_MISTAKES)
def test_statistics(arguments, message):
    with pytest.raises(InvalidInput, match=message):
        RerankObjective(FEATURES, **arguments)


def test_candidates():
    for theta, message in (([1.0], r"shape \(2,\)"), ([1.0, np.nan], r"theta\[1\] is nan"), ([1e300, 0.0], "overflow")):
        with pytest.raises(InvalidInput, match=message):
            GOOD.picks(theta)
    with pytest.raises(InvalidInput, match="candidates must have shape"):
        GOOD([[1.0, 2.0, 3.0]])
    with pytest.raises(InvalidInput, match="without hypotheses"):
        RerankObjective(FEATURES, statistics=[np.zeros((3, 10)), np.zeros((2, 10))]).picked([1.0, 1.0])


def test_picks_by_hand():
    for picks, error, message in (
        ([0], InvalidInput, r"shape \(2,\)"),
        ([0, 2], InvalidInput, r"picks\[1\] is 2, but list 1 has 2"),
        ([-1, 0], InvalidInput, r"picks\[0\] is -1"),
        ([0.0, 1.0], InvalidType, "picks must be integers"),
    ):
        with pytest.raises(error, match=message):
            GOOD.value_of(picks)


def test_other_lists():
    with pytest.raises(InvalidInput, match=r"features\[0\] has 3 columns, the objective needs 2"):
        GOOD.with_data([np.zeros((1, 3))], [["a"]], ["a"])


def test_line_search_and_mert():
    sphere = function("sphere", 2)
    for call in (lambda: line_search(sphere, [1, 1], [1, 0]), lambda: mert(sphere)):
        with pytest.raises(InvalidType, match="RerankObjective"):
            call()
    with pytest.raises(InvalidInput, match="direction is 0"):
        line_search(GOOD, [1.0, 1.0], [0.0, 0.0])
    with pytest.raises(InvalidInput, match="x0 is 0"):
        mert(GOOD, [0.0, 0.0])
    for options in ({"restarts": -1}, {"budget": 0}, {"scale": 0.0}, {"random_directions": -1}):
        with pytest.raises(InvalidInput):
            mert(GOOD, **options)
