"""Claims of studies, found by their words."""


def measured(claims, *words):
    """Return the measurement of the one claim whose statement has the words."""
    found = [each for each in claims if all(word in each.statement for word in words)]
    assert len(found) == 1, [each.statement for each in found]
    return found[0].measured
