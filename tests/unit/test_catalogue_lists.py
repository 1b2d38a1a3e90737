"""N-best lists from installed catalogues: what is read, how it is split, and how much there is to gain."""

import numpy as np
import pytest

import zoopt
from zoopt.errors import InvalidInput, InvalidType, MissingDependency
from zoopt.objectives import catalogue_lists, line_search, mert
from zoopt.objectives._translation._catalogues import Message, messages, read_catalogue
from zoopt.objectives._translation._corpus import Pair, pairs, split, tokens

PLONE = ["plone.app.locales"]

CATALOGUE = r"""
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\n"

#: somewhere.py:3
msgid "Yes"
msgstr "Sí"

msgctxt "verb"
msgid ""
"Two \"lines\" "
"of text"
msgstr ""
"Dos \"líneas\" "
"de texto"

#, fuzzy
msgid "Unsure"
msgstr "Seguro"

#, python-format
msgid "%d day"
msgid_plural "%d days"
msgstr[0] "%d día"
msgstr[1] "%d días"

msgid "Not translated"
msgstr ""

#~ msgid "Old"
#~ msgstr "Viejo"

#. Default: "Name of the item"
msgid "label_name"
msgstr "Nombre del elemento"

#. Default: "A text that goes "
#. "on here"
msgid "help_text"
msgstr "Un texto que sigue aquí"

msgid "label_without_text"
msgstr "Etiqueta"
"""


def test_a_catalogue_is_read():
    assert [*read_catalogue(CATALOGUE)] == [
        ("Yes", "Sí"),
        ('Two "lines" of text', 'Dos "líneas" de texto'),
        ("%d day", "%d día"),
        ("Name of the item", "Nombre del elemento"),
        ("A text that goes on here", "Un texto que sigue aquí"),
    ]


def test_tokens():
    assert tokens("Delete %(name)s, <b>now</b>? Don’t: ${count} {x} &amp; 50%") == (
        "delete", "%(name)s", ",", "<b>", "now", "</b>", "?", "don’t", ":", "${count}", "{x}", "&amp;", "50", "%",
    )  # fmt: skip


def test_pairs_and_parts():
    found = pairs(messages("es", PLONE))
    sources = [pair.source for pair in found]
    assert len(set(sources)) == len(sources) > 2000
    assert all(0 < len(side) <= 40 for pair in found for side in pair)
    assert all(pair.source != pair.target for pair in found)
    corpus = split(found, 100, 150, seed=3)
    parts = [{pair.source for pair in part} for part in corpus]
    assert [len(part) for part in parts] == [len(found) - 250, 100, 150]
    assert set.union(*parts) == set(sources)
    assert all(4 <= len(source) <= 25 for part in parts[1:] for source in part)
    assert split(found, 100, 150, seed=3) == corpus
    assert split(found, 100, 150, seed=4).tune != corpus.tune


@pytest.fixture(scope="module")
def lists():
    return catalogue_lists(tune=100, held_out=100, beam=20, packages=PLONE, threads=2)


def test_there_is_much_to_gain(lists):
    for objective in (lists.tune, lists.held_out):
        assert objective.sizes.min() >= 1
        assert objective.sizes.max() == 100
        assert objective.first_best() == pytest.approx(objective(lists.weights), abs=0.5)  # ties in rounding
        assert objective.oracle().value > objective.first_best() + 5
    assert len(lists.features) == lists.tune.dim == 8
    assert lists.train == lists.pairs - 200
    assert lists.packages[0].startswith("plone.app.locales ")


def test_tuning_gains_on_what_it_sees(lists):
    before = lists.tune(lists.weights)
    searched = mert(lists.tune, lists.weights, restarts=1, seed=1)
    result = zoopt.minimize(lists.tune, lists.weights, method="snes", scale=0.3, budget=2000, seed=1)
    assert min(searched.fun, result.fun) > before + 1
    for direction in np.eye(8):
        assert line_search(lists.tune, searched.x, direction).fun <= searched.fun


def test_the_same_seed_gives_the_same_lists(lists):
    again = catalogue_lists(tune=100, held_out=100, beam=20, packages=PLONE, threads=1)
    rows = np.random.default_rng(0).normal(size=(20, 8))
    assert np.array_equal(again.tune(rows), lists.tune(rows))
    assert again.held_out.hypotheses == lists.held_out.hypotheses


MISTAKES = [
    ({"packages": ["no-such-package"]}, MissingDependency, r"no-such-package are not installed.*\[data\]"),
    ({"packages": "Django"}, InvalidType, "packages must be a sequence"),
    ({"packages": []}, InvalidType, "packages must be a sequence"),
    ({"language": "xx", "packages": PLONE}, InvalidInput, "no catalogues of the language 'xx'"),
    ({"language": "../es", "packages": PLONE}, InvalidInput, "language must be the name of a catalogue's folder"),
    ({"tune": 5000, "packages": PLONE}, InvalidInput, "too many for the"),
    ({"tune": 0}, InvalidInput, "tune must lie in"),
    ({"size": 0}, InvalidInput, "size must lie in"),
    ({"distortion_limit": -1}, InvalidInput, "distortion_limit must lie in"),
]


@pytest.mark.parametrize(("options", "error", "message"), MISTAKES)
def test_mistakes(options, error, message):
    with pytest.raises(error, match=message):
        catalogue_lists(**options)


def test_untranslated_and_lopsided_pairs_are_left_out():
    kept = pairs(
        Message(*one)
        for one in [("URL", "URL"), ("a", "b " * 40), ("", "x"), ("yes", "sí"), ("Yes", "Sí!"), ("no", " ")]
    )
    assert kept == [Pair(("yes",), ("sí",))]
