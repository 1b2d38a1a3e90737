"""What is written of optimisers and objectives is read as it was meant, and nothing else is."""

import contextlib
import math

import hypothesis.strategies as st
import pytest
from hypothesis import given

from zoopt.compare import _spec, configured
from zoopt.compare._entry import contender
from zoopt.compare._plugin import Option
from zoopt.compare._plugins import objective, objectives, optimizers
from zoopt.errors import InvalidInput, InvalidOption, UnknownName, ZooptError

words = st.text("abcdefghijklmnopqrstuvwxyz0123456789_-. ", min_size=1).map(str.strip).filter(bool)
KNOWN = {
    "whole": Option(None, "int", -(2**40), 2**40),
    "real": Option(None, "float"),
    "truth": Option(None, "bool"),
    "word": Option(None, "str"),
}
values = st.fixed_dictionaries(
    {},
    optional={
        "whole": st.integers(-(2**40), 2**40),
        "real": st.floats(allow_nan=False, allow_infinity=False),
        "truth": st.booleans(),
        "word": words,
    },
)


@given(words, values)
def test_what_is_written_is_read_again(name, options):
    found, texts = _spec.split(_spec.written(name, options))
    assert found == name
    read = _spec.typed(name, KNOWN, texts)
    assert read == options
    assert {key: type(value) for key, value in read.items()} == {key: type(value) for key, value in options.items()}


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_written_exactly(value):
    assert float(_spec.value_written(value)) == value


@given(st.text())
def test_any_text_is_read_or_refused_by_an_error_of_ours(text):
    for read in (contender, objective):
        known = {*optimizers(), *objectives()}
        with contextlib.suppress(ZooptError):
            read(text)
            assert text.strip().partition(":")[0].strip() in known


@given(st.integers(1, 500), st.floats(1e-6, 1e6, allow_subnormal=False), st.sampled_from(["warm", "zero", None]))
def test_text_and_python_say_the_same(population, scale, start):
    given_options = {"population": population, "scale": scale} | ({} if start is None else {"start": start})
    assert contender(_spec.written("snes", given_options)) == configured("snes", **given_options)


@pytest.mark.parametrize("name", optimizers())
def test_every_option_of_every_optimiser_is_read_at_its_default(name):
    for key, option in optimizers()[name].options().items():
        if option.default is None:
            continue
        read = contender(_spec.written(name, {key: option.default})).options[key]
        assert read == option.default
        assert math.isclose(float(option.default), float(read)) if option.kind in ("int", "float") else True


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("snes:populaton=3", InvalidOption, "snes has no option 'populaton'; did you mean 'population'"),
        ("snez", UnknownName, "unknown optimiser 'snez'; did you mean 'snes'"),
        ("snes:population=3.5", InvalidOption, "population must be a whole number, got 3.5"),
        ("snes:population=yes", InvalidOption, "population must be a number, got 'yes'"),
        ("snes:noise_handling=2", InvalidOption, "noise_handling must be yes or no"),
        ("snes:population=0", InvalidOption, r"population must lie in \[1, "),
        ("snes:population=1e999", InvalidOption, "population must lie in"),
        ("snes:scale=nan", InvalidOption, "scale must lie in|scale must be > 0"),
        ("snes:population=3,population=4", InvalidInput, "population is given twice"),
        ("cma-es:preset=hansen", InvalidOption, "preset must be one of pycma, got 'hansen'"),
        (":population=3", UnknownName, "unknown optimiser"),
        ("os:no_such_thing", UnknownName, "os has no attribute 'no_such_thing'"),
        ("os:getcwd", TypeError, "is no optimiser; wrap a function as zoopt.compare.FunctionOptimizer"),
    ],
)
def test_what_is_wrong_with_an_optimiser_is_said(text, error, message):
    with pytest.raises(error, match=message):
        contender(text)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("sphre:dim=3", UnknownName, "unknown objective 'sphre'; did you mean 'sphere'"),
        ("sphere:dims=3", InvalidOption, "sphere has no option 'dims'; did you mean 'dim'"),
        ("rosenbrock:dim=1", InvalidOption, r"dim must lie in \[2, "),
        ("sphere:f1", InvalidInput, "cannot read 'f1'; options are written option=value"),
        ("sphere:noise=-1", InvalidOption, "noise must lie in"),
        ("os:getcwd", TypeError, "is no objective; wrap a function as zoopt.compare.FunctionObjective"),
        ("os.path:nothing", UnknownName, "os.path has no attribute 'nothing'"),
        ("breast_cancer:auc", UnknownName, "unknown metric 'auc'"),
        ("no_such_module:thing", UnknownName, "or module:attribute"),
    ],
)
def test_what_is_wrong_with_an_objective_is_said(text, error, message):
    with pytest.raises(error, match=message):
        objective(text)
