"""What a new activation, loss or rule must keep to: the examples of CONTRIBUTING.md ask it."""

import numpy as np

import spusk
from spusk.engines import native
from spusk.optim import RULES

RNG = np.random.default_rng(0)
V = spusk.Sample(RNG.random((40, 6)), labels=np.arange(40) % 3)
SIZES = (6, 17, 5, 3)


def assert_gradient(**kind):
    """∇C of a network of this kind agrees with central differences of C, in float64."""
    net = spusk.Network(SIZES, dtype=np.float64, **kind)
    surface, slopes, h = net.surface(V), net.gradients(V).theta, 1e-6
    for i in range(0, len(slopes), 7):
        step = np.where(np.arange(len(slopes)) == i, h, 0)
        rise = surface.value(net.theta + step) - surface.value(net.theta - step)
        assert abs(rise / (2 * h) - slopes[i]) < 1e-8


def assert_engines(rule="plain", rate=0.5, **kind):
    """The native engine, where it was built with them, trains as the reference does; says so."""
    first, theta = spusk.Network(SIZES, **kind), {}
    names = ["native"] if native.Native().supports(first, RULES[rule](rate)) is None else []
    for name in ["reference", *names]:
        net = first.copy()
        spusk.train(net, V, rate=rate, batch=7, epochs=3, engine=name, rule=rule)
        theta[name] = net.theta
        assert not np.allclose(net.theta, first.theta, atol=1e-3)
        assert np.allclose(net.theta, theta["reference"], atol=1e-5)
        print(name)
