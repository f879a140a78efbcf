"""Stochastic gradient descent: the lecture's algorithm (row L11), line by line.

The loop yields what happened and prints nothing; who wants to draw, print or save it consumes
the events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from time import perf_counter
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spusk import engines
from spusk.data import Data, Sample
from spusk.data.weights import ClassWeight
from spusk.engines import Session
from spusk.nn.network import Network
from spusk.optim.rules import Rule
from spusk.optim.schedules import Rate
from spusk.training.best import Best
from spusk.training.callbacks import Callbacks, ask_to_stop, each_of
from spusk.training.events import Cursor, Event, Training, TrainingOutcome
from spusk.training.health import Saturation
from spusk.training.nothing_learned import with_warning
from spusk.training.pace import Pace
from spusk.training.plan import Plan, give_scaling, in_parts, named_rule, one_rate, sample_of
from spusk.training.verdicts import judged, patient, tested, verdict

RuleLike = str | Rule | Callable[[Rate], Rule]


def order(count: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """The order of the examples in an epoch: as given first, shuffled after.

    A function, not a state: resuming needs three numbers.

    Args:
        count: of examples, K.
        seed: of the shuffles.
        epoch: from 0.

    Returns:
        A permutation of 0 … K−1, (K,).

    Source: lecture, row L11, lines 3 and 10.
    """
    if epoch == 0:
        return np.arange(count)
    return np.random.default_rng([seed, epoch]).permutation(count)


def train(
    net: Network,
    V: Sample | ArrayLike,
    y: ArrayLike | None = None,
    *,
    rate: Rate | None = None,
    rule: RuleLike = "plain",
    batch: int | Literal["all"] = 10,
    epochs: int = 10,
    seed: int = 0,
    validation: Sample | float | None = None,
    test: Sample | None = None,
    keep: Literal["last", "best"] = "last",
    patience: int | None = None,
    engine: str = "auto",
    threads: int | None = None,
    scaling: str | None = None,
    callbacks: Callbacks = None,
    sample_weight: ArrayLike | None = None,
    class_weight: ClassWeight | None = None,
) -> Training:
    """Trains a network in place by stochastic gradient descent: w := w − η∇_w C, b := b − η∇_b C.

    ∇C = 1/|V_i| Σ w_j ∇C_j is the mean gradient over each sub-sample V_i, every w_j 1, or the
    weights of V with mean 1 over it, so that η keeps its meaning; a rule steps otherwise by it.

    Args:
        net: what is trained; its θ changes in place.
        V: the training sample; or inputs X (K, n), with their answers in `y`.
        y: answers to X: classes 0 … m−1 as whole numbers (K,), or targets (K, m).
        rate: η, a number > 0 or a schedule such as `optim.cosine(3.0, steps=1000)`, whose steps
            count over the whole training: n = (epoch − 1)·M + i. Any function of n trains as
            well, but a run that follows one can't be resumed. None: the rule brings its own.
        rule: a name in `optim.RULES`: "plain", "momentum", "nesterov", "adam", "adamw"; or a rule
            with parameters and rate of its own, such as `optim.Adam(1e-3, beta1=0.8)`.
        batch: examples in a sub-sample V_i; "all": the full gradient (L6).
        epochs: passes through V, the first as given, each later one shuffled.
        seed: of the shuffles; the same seed gives the same run.
        validation: a set that is watched at each epoch's end; or the share of V that is split off
            for it, class by class, 0 < share < 1, and not trained on.
        test: a set that is evaluated once, in the end, by the weights that are kept; where there is
            no validation part, at each epoch's end.
        keep: whose weights the net has in the end: "last", or "best", of the best epoch on the
            validation part. Where there is none it is chosen on `test`, whose numbers then promise
            too much.
        patience: epochs without a better one on the same part after which it ends; None: all.
        engine: "native", "reference", or "auto": native where it can.
        threads: of the engine; None: as many as pay. No bit depends on it.
        scaling: what is done to V's inputs, and to its targets where the output is the identity:
            "pixels", "standardise", "minmax", "none", or "auto" for what suits them. It is learned
            from V, stays with the network as `net.preparation`, and `net.predict` uses it. None:
            as the network is.
        callbacks: a function, or several, called with each Event of `train_events` while the net is
            as the event says. True from one of them (or StopIteration) ends the training there; any
            other exception does too and reaches the caller.
        sample_weight: how much each example counts, (K,) numbers ≥ 0; None: the weights of V.
        class_weight: "balanced", or a weight by class, times that, where V is trained on; see
            `Sample.weighted`.

    Returns:
        The network, one event per epoch (and the one where it was stopped), and how it ended.

    Raises:
        RateError: no rate, or one that is not positive and finite.
        InputError: a batch, epochs or rule that make no training; X without y; a best epoch that
            there is no part to find on; a scaling of a network that has another; a callback that
            is no function.
        DataError: X or y that are no set, or too small for the share; a number too large for the
            network's dtype.
        NetworkError: V, validation or test do not fit the network.
        EngineError: an engine that is not here, or cannot train this network by this rule.

    Source: lecture, row L11.
    """
    asked = each_of(callbacks)
    V = sample_of(V, y, net, sample_weight)
    sets = in_parts(V, validation, test, class_weight)
    method = named_rule(rule, rate)
    plan = Plan(one_rate(method.rate), batch, epochs, seed, method, keep, patience)
    history, best = [], Best(net=net if keep == "best" else None)
    for event in begun(net, sets, plan, engine, threads, scaling, best):
        stop = ask_to_stop(asked, event)
        if event.ends_epoch or event.outcome is not None or stop:
            history.append(event)
        if stop:
            break
    outcome = history[-1].outcome or TrainingOutcome.STOPPED
    if not outcome.failed:
        best.take()
    return Training(net, history, outcome)


def train_events(
    net: Network,
    V: Sample | ArrayLike,
    y: ArrayLike | None = None,
    *,
    rate: Rate | None = None,
    rule: RuleLike = "plain",
    batch: int | Literal["all"] = 10,
    epochs: int = 10,
    seed: int = 0,
    validation: Sample | float | None = None,
    test: Sample | None = None,
    patience: int | None = None,
    engine: str = "auto",
    threads: int | None = None,
    scaling: str | None = None,
    sample_weight: ArrayLike | None = None,
    class_weight: ClassWeight | None = None,
) -> Iterator[Event]:
    """The loop under `train`: yields what happened as it happens.

    Args:
        net: what is trained; its θ changes in place.
        V: the training sample; or inputs X (K, n), with their answers in `y`.
        y: answers to X: classes 0 … m−1 as whole numbers (K,), or targets (K, m).
        rate: η, a number > 0 or a schedule; None: the rule brings its own.
        rule: a name in `optim.RULES`, or a rule with parameters and rate of its own.
        batch: examples in a sub-sample V_i; "all": the full gradient (L6).
        epochs: passes through V, the first as given, each later one shuffled.
        seed: of the shuffles; the same seed gives the same run.
        validation: a set that is watched at each epoch's end, or the share of V split off for it.
        test: a set that is evaluated at each epoch's end; where there is a validation part, once.
        patience: epochs without a better one on the validation part, where there is none on `test`,
            after which it ends; None: all.
        engine: "native", "reference", or "auto": native where it can.
        threads: of the engine; None: as many as pay. No bit depends on it.
        scaling: of inputs and targets, as for `train`; None: as the network is.
        sample_weight: how much each example counts, (K,) numbers ≥ 0; None: the weights of V.
        class_weight: "balanced", or a weight by class, times that, where V is trained on; see
            `Sample.weighted`.

    Yields:
        An Event about every 50 ms and at each epoch's end.

    Raises:
        RateError: no rate, or one that is not positive and finite; at the call, not later.
        InputError: a batch, epochs or rule that make no training; X without y; a scaling of a
            network that has another.
        DataError: X or y that are no set, a number too large for the network's dtype.
        NetworkError: V, validation or test do not fit the network.
        EngineError: an engine that is not here, or cannot train this network by this rule.

    Source: lecture, row L11.
    """
    V = sample_of(V, y, net, sample_weight)
    sets = in_parts(V, validation, test, class_weight)
    method = named_rule(rule, rate)
    plan = Plan(one_rate(method.rate), batch, epochs, seed, method, patience=patience)
    return begun(net, sets, plan, engine, threads, scaling, Best())


def begun(
    net: Network,
    sets: Data,
    plan: Plan,
    engine: str,
    threads: int | None,
    scaling: str | None,
    best: Best,
) -> Iterator[Event]:
    """The events of a plan from its start, once all of it has been looked at."""
    V = plan.checked(net, sets).train
    chosen = engines.engine(engine, net, plan.rule)
    give_scaling(net, V, scaling)
    session = chosen.open(net, V, plan.size(V), threads, plan.rule)
    return with_warning(plan_events(net, sets, plan, session, best=best), net, V, plan)


def plan_events(
    net: Network,
    sets: Data,
    plan: Plan,
    session: Session,
    cursor: Cursor = Cursor(),  # noqa: B008 - a tuple
    most: int | None = None,
    stop: Callable[[], bool] = bool,
    best: Best | None = None,
) -> Iterator[Event]:
    """The loop under `train_events`, from any place on; line (1), w, b := random, is Network's.

    Args:
        net: what is trained; its θ changes in place.
        sets: the training sample, and what is watched and tested at the ends of epochs.
        plan: rate, batch, epochs, seed and rule, checked.
        session: what carries out the steps, opened on net and the training sample.
        cursor: where to begin.
        most: an event comes at least every so many steps (in whole windows of the session).
        stop: asked during looks and tests at an epoch's end; True cuts them short: that event then
            has no outcome and no test numbers.
        best: of the epochs behind; it looks at each one's end, and knows whose weights are kept.

    Yields:
        What happened, event by event.

    Source: lecture, row L11.
    """
    V, best = sets.train, best or Best()
    saturated, pace = Saturation(V, plan, net, stop), Pace(session.window, most)
    while cursor.epoch <= plan.epochs:  # (2) for epoch = 1…
        rows = order(len(V), plan.seed, cursor.epoch - 1)  # (3) as given; (10) shuffled after each
        for event in epoch_events(V, plan, rows, session, cursor, pace):  # (4–8) for i = 1…M
            outcome = verdict(event, plan, net, saturated)
            if outcome is not None and outcome.failed:
                yield replace(event, outcome=outcome)
                return
            if not event.ends_epoch:
                yield event
                continue
            ended = judged(event, outcome, net, sets, stop)
            best.look(ended)
            ended = tested(patient(ended, plan, best, saturated), net, best, sets, stop)
            yield ended
            if ended.outcome is not None:
                return
        cursor = event.cursor.next_epoch()  # (9, 11)


def epoch_events(
    V: Sample,
    plan: Plan,
    rows: NDArray[np.int64],
    session: Session,
    cursor: Cursor,
    pace: Pace,
) -> Iterator[Event]:
    """(4–8) for i = 1…M: mean gradients over V_i, and w and b by the rule; in chunks of steps."""
    M = plan.steps(V)
    before = (cursor.epoch - 1) * M  # steps of the epochs behind
    if cursor.step == M:  # trained to its end before, but its test was cut short
        yield event_at(V, cursor, M)
    while cursor.step < M:
        began = perf_counter()
        last = min(pace.after(cursor.step), M)
        rates = plan.rates(before + cursor.step, before + last)
        met = session.steps(rows, cursor.step, last, rates)
        took = max(perf_counter() - began, 1e-9)
        pace.took(last - cursor.step, took)
        cursor = Cursor(
            epoch=cursor.epoch,
            step=last,
            cost=cursor.cost + met.cost,
            correct=cursor.correct + met.correct,
            seen=cursor.seen + met.seen,
            seconds=cursor.seconds,
            spent=cursor.spent + took,
            first=cursor.first or met.cost / met.seen,
        )
        yield event_at(V, cursor, M)


def event_at(V: Sample, cursor: Cursor, steps: int) -> Event:
    """The event of a place in an epoch of so many steps."""
    return Event(
        epoch=cursor.epoch,
        step=cursor.step,
        steps=steps,
        cost=cursor.cost / cursor.seen,
        accuracy=None if V.labels is None else cursor.correct / cursor.seen,
        seconds=cursor.seconds + cursor.spent,
        speed=cursor.seen / cursor.spent,
        cursor=cursor,
    )
