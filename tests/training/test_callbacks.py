"""Callbacks: called beside the loop with each event; True ends the training at that place."""

import numpy as np
import pytest

import spusk
from spusk import runs, train
from spusk.errors import InputError
from spusk.training import TrainingOutcome
from tests.reliability.helpers import PLAN, SETS, begin, fresh, straight

HOW = {"rate": 0.5, "batch": 7, "seed": 5, "epochs": 4, "engine": "reference", "test": SETS.test}


def test_each_event_comes_while_the_net_is_as_it_says():
    net, seen, other = fresh(), [], []

    def look(event):
        seen.append(event)
        if event.ends_epoch:
            assert event.test_cost == pytest.approx(net.cost(SETS.test), rel=1e-6)

    result = train(net, SETS.train, **HOW, callbacks=[look, other.append])
    assert seen == other
    assert not seen[0].ends_epoch  # the first step comes alone
    assert result.history == [event for event in seen if event.ends_epoch]
    assert seen[-1].outcome is result.outcome is TrainingOutcome.FINISHED


def stopping(event):
    raise StopIteration


@pytest.mark.parametrize(
    ("answer", "stops"),
    [
        (lambda event: event.accuracy >= 0, True),
        (lambda event: np.bool_(event.epoch == 1), True),
        (stopping, True),
        (lambda event: False, False),
        (lambda event: 17, False),  # such as what writing a line returns
        (lambda event: "yes", False),
    ],
    ids=["bool", "numpy", "StopIteration", "False", "number", "text"],
)
def test_true_ends_it_where_it_stands(answer, stops):
    called = []
    result = train(fresh(), SETS.train, **HOW, callbacks=[answer, called.append])
    assert result.outcome is (TrainingOutcome.STOPPED if stops else TrainingOutcome.FINISHED)
    assert (result.last.epoch, result.last.step) == ((1, 1) if stops else (4, 29))
    assert called[-1] == result.last  # one that stops it does not keep the event from the others


def test_a_stop_keeps_the_best_epoch_where_that_is_asked():
    net, met = fresh(), {}

    def third(event):
        if event.ends_epoch:
            met[event.epoch] = (event.test_accuracy, -event.test_cost), net.theta.copy()
        return event.epoch == 3 and event.ends_epoch

    how = HOW | {"rate": 4.0, "epochs": 12}
    result = train(net, SETS.train, **how, keep="best", patience=9, callbacks=third)
    assert result.outcome is TrainingOutcome.STOPPED
    best = max(met, key=lambda epoch: met[epoch][0])
    assert best != 3  # so that the last epoch's weights are others
    np.testing.assert_array_equal(net.theta, met[best][1])


def test_an_exception_reaches_the_caller_with_the_net_as_it_stands():
    net, met = fresh(), []

    def fails(event):
        if event.epoch == 2:
            met.append(net.theta.copy())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        train(net, SETS.train, **HOW, keep="best", callbacks=fails)
    np.testing.assert_array_equal(net.theta, *met)


@pytest.mark.parametrize("wrong", [7, [print, "print"]], ids=["number", "text"])
def test_what_is_no_function_is_refused(wrong):
    net = fresh()
    before = net.theta.copy()
    with pytest.raises(InputError, match="function of an event"):
        train(net, SETS.train, **HOW, callbacks=wrong)
    np.testing.assert_array_equal(net.theta, before)


@pytest.mark.parametrize("raises", [False, True], ids=["stops", "raises"])
@pytest.mark.parametrize(("epoch", "step"), [(1, 1), (2, 29)])
def test_a_run_that_a_callback_ends_goes_on_from_there(tmp_path, epoch, step, raises):
    expected = straight(tmp_path)
    begun = begin(tmp_path / "r")
    begun.writer.lock.release()

    def there(event):
        if (event.epoch, event.step) >= (epoch, step):
            if raises:
                raise ZeroDivisionError
            return True

    if raises:
        with pytest.raises(ZeroDivisionError):
            spusk.resume(tmp_path / "r", sets=SETS, callbacks=there)
    else:
        result = spusk.resume(tmp_path / "r", sets=SETS, callbacks=there)
        assert result.outcome is TrainingOutcome.STOPPED
        assert (result.last.epoch, result.last.step) == (epoch, step)
    assert runs.newest(tmp_path / "r").cursor[:2] == (epoch, step)
    result = spusk.resume(tmp_path / "r", sets=SETS)
    assert [event.epoch for event in result.history] == [*range(1, PLAN.epochs + 1)]
    np.testing.assert_array_equal(result.net.theta, expected)
