import doctest

from dashboard.widgets import numbers


def test_the_examples_hold():
    result = doctest.testmod(numbers)
    assert result.attempted >= 5
    assert result.failed == 0
