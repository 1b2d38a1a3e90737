"""The results of an experiment out of a store, without running anything."""

from os import PathLike

from zoopt.compare._description import results_of
from zoopt.compare._results import Results
from zoopt.compare._store import Store
from zoopt.errors import InvalidInput


def stored_results(store: str | PathLike[str], experiment: int | None = None) -> Results:
    """Return the results of an experiment that a store has, as far as its runs are finished; nothing is run.

    Parameters
    ----------
    store : str or path
    experiment : int, optional
        Its number, from 1 in the order of their making. Default: the one made last.

    Returns
    -------
    Results

    Raises
    ------
    StoreError
        The file is no store.
    InvalidInput
        The store has no such experiment.

    Examples
    --------
    >>> from zoopt.compare import Experiment, stored_results
    >>> experiment = Experiment(["snes"], ["sphere:dim=2"], seeds=2, budget=100)
    >>> found = experiment.run(store="kept.db")
    >>> stored_results("kept.db").to_csv() == found.to_csv()
    True
    """
    with Store(store, read_only=True) as opened:
        known = opened.experiments()
        wanted = [each for each in known if experiment in (None, each.number)]
        if not wanted:
            which = "no experiment" if experiment is None else f"no experiment {experiment}"
            numbers = ", ".join(str(each.number) for each in known) or "none"
            raise InvalidInput(f"the store {opened.path} has {which}; there are {numbers}")
        return results_of(wanted[-1].manifest, opened.runs(opened.members(wanted[-1].number)))
