"""Rates by which amounts of different currencies are compared."""

import numpy as np

from counterflow.model.rates import dollars


def test_a_unit_is_worth_what_it_was_that_year():
    euro, riyal, dollar, unknown = dollars(["EUR", "SAR", "USD", "XYZ"], 2014, 2015)
    assert np.allclose(euro, [1.33, 1.11], atol=0.01)
    assert np.allclose(riyal, 1 / 3.75, atol=0.001)
    assert dollar.tolist() == [1.0, 1.0]
    assert np.isnan(unknown).all()


def test_a_year_that_has_no_rate_has_that_of_the_nearest():
    [rouble] = dollars(["RUB"], 1990, 2040)
    assert rouble[0] == rouble[9]
    assert rouble[-1] == rouble[2022 - 1990]
    assert 0.005 < rouble[-1] < 0.02
