"""Another set as a network takes it: its classes by their names, or its numbers."""

import numpy as np

from spusk.data import Preparation, Sample
from spusk.data.matching import matched


def test_few_whole_targets_stay_numbers_for_a_network_of_numbers():
    """In so small a set they look like classes."""
    V = Sample(np.arange(8.0).reshape(4, 2), [3, 3, 5, 5])
    assert V.class_names == ("3", "5")
    own, strange = matched(V, Preparation("standardise"), 1)
    assert own.labels is None
    np.testing.assert_array_equal(own.y, [[3], [3], [5], [5]])
    assert not strange
