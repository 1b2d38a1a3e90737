"""One's own csv: what cannot be used is named, and what can be is read as it is."""

import numpy as np
import pytest

from zoopt.compare import Classification, Dataset, dataset, read_csv
from zoopt.errors import InvalidInput, UnknownName


@pytest.fixture
def write(tmp_path):
    def put(text):
        path = tmp_path / "mine.csv"
        path.write_text(text)
        return path

    return put


def lines(rows, header="a,b,y"):
    return "\n".join([header, *rows]) + "\n"


GOOD = [f"{i},{i % 7},{'yes' if i % 3 == 0 else 'no'}" for i in range(60)]


def test_a_good_file(write):
    data = read_csv(write(lines(GOOD)), "y")
    assert data.name == "mine"
    assert data.features.shape == (60, 2)
    assert data.classes == ("no", "yes")
    assert data.labels.sum() == 20
    assert data.features.dtype == np.float64


@pytest.mark.parametrize(
    ("text", "target", "message"),
    [
        (lines(GOOD), "Y", "did you mean 'y'"),
        (lines(["1,red,yes", *GOOD]), "y", r"column 'b' holds text \(such as 'red'\)"),
        (lines(["1,,yes", *GOOD]), "y", r"column 'b' has 1 missing values \(first in data row 1\)"),
        (lines(["1,2,", *GOOD]), "y", "1 of 61 labels in column 'y' are missing"),
        (lines([f"{i},1,no" for i in range(50)]), "y", "one class only"),
        (lines([*GOOD, "1,2,rare", "3,4,rare"]), "y", "class 'rare' has 2 rows, too few"),
        (lines([f"{i},1,{i / 7}" for i in range(300)]), "y", "distinct values; it should hold class labels"),
        (lines([]), "y", "no rows"),
        ("", "y", "not a csv"),
        ("y\n1\n0\n", "y", "no feature columns"),
        ("a,b,y\n1,2,3,4\n1,2\n1,2,3,4,5,6\n", "y", "not a csv"),
    ],
)
def test_what_cannot_be_used_is_named(write, text, target, message):
    with pytest.raises(InvalidInput, match=message):
        read_csv(write(text), target)


def test_a_missing_file(tmp_path):
    with pytest.raises(InvalidInput, match="no such file"):
        read_csv(tmp_path / "none.csv", "y")


def test_infinite_features_are_named(write):
    with pytest.raises(InvalidInput, match="feature column 1 of row 0"):
        read_csv(write(lines(["1,inf,yes", *GOOD])), "y")


def test_an_unknown_set_names_close_ones():
    with pytest.raises(UnknownName, match="did you mean 'breast_cancer'"):
        dataset("breast_cancr")


def test_an_unknown_metric_names_close_ones():
    with pytest.raises(UnknownName, match="did you mean 'f1_macro'"):
        Classification(dataset("digits"), "f1_makro")


def test_f1_needs_two_classes():
    with pytest.raises(InvalidInput, match="use f1_macro"):
        Classification(dataset("digits"), "f1")


def test_shares_must_fit():
    with pytest.raises(InvalidInput, match="shares"):
        Dataset("x", np.ones((40, 1)), np.arange(40) % 2, ("a", "b"), train_share=0.8, test_share=0.4)


@pytest.mark.parametrize(
    ("name", "rows", "features", "classes", "rarest"),
    [
        ("breast_cancer", 569, 30, 2, 212),
        ("digits", 1797, 64, 10, 174),
        ("diabetes", 442, 10, 2, 66),
        ("two_causes", 4000, 6, 2, 560),
    ],
)
def test_named_sets_are_what_they_say(name, rows, features, classes, rarest):
    data = dataset(name)
    assert data.features.shape == (rows, features)
    assert len(data.classes) == classes
    assert np.bincount(data.labels).min() == rarest
    assert data.digest == dataset(name).digest


def test_splits_are_stratified_disjoint_and_paired():
    data = dataset("diabetes")
    train, test = data.split(3)
    assert len(set(train) & set(test)) == 0
    assert len(train) + len(test) == data.rows
    assert abs(data.labels[train].mean() - data.labels[test].mean()) < 0.01
    again, _ = data.split(3)
    other, _ = data.split(4)
    assert np.array_equal(train, again)
    assert not np.array_equal(train, other)
    assert data.test_train_ratio == len(test) / len(train)
