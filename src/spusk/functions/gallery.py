"""The gallery: ONE table of named functions, for tests, commands, pictures and the page.

Minima are polished to double precision; the formulas are read by the same parser as a user's.
No single start or rate serves all, so each row brings its own.
"""

from typing import NamedTuple

Point = tuple[float, ...]


class Minimum(NamedTuple):
    """A minimum point, its value, and whether no other value is smaller."""

    x: Point
    value: float
    kind: str  # "global" or "local"


class Entry(NamedTuple):
    """One function of the gallery.

    view: the box to look at, (low, high) per variable; rate: a good η for `start`; bound: the
    largest stable η at the global minimum, 2/λmax, or None; nonsmooth: a point without a gradient,
    where ∇f is defined as 0.
    """

    name: str
    formula: str
    view: tuple[tuple[float, float], ...]
    minima: tuple[Minimum, ...]
    start: Point
    rate: float
    bound: float | None
    source: str
    nonsmooth: Point | None = None

    @property
    def n(self) -> int:
        """The number of variables."""
        return len(self.view)


def square(low: float, high: float) -> tuple[tuple[float, float], ...]:
    """The same interval for x and y."""
    return ((low, high), (low, high))


def best(*points: Point, value: float = 0.0) -> tuple[Minimum, ...]:
    """Global minima of one value."""
    return tuple(Minimum(point, value, "global") for point in points)


def local(*points: Point, value: float) -> tuple[Minimum, ...]:
    """Local minima of one value."""
    return tuple(Minimum(point, value, "local") for point in points)


_ST_LOW, _ST_HIGH = -2.903534027771177, 2.746802770990837
_RA = 0.9949586376523348
_ROWS = (
    Entry(
        "lecture", "x1^2 - 10*x1 + 2*x2^2 - 20*x2 + 75", square(0, 10), best((5, 5)),
        (0, 0), 0.3, 0.5, "the lecture's exercise (L2)",
    ),
    Entry(
        "himmelblau", "(x^2 + y - 11)^2 + (x + y^2 - 7)^2", square(-5, 5),
        best((3, 2), (-2.805118086952745, 3.131312518250573),
             (-3.779310253377747, -3.2831859912861696), (3.5844283403304917, -1.8481265269644034)),
        (0, 0), 0.01, 0.024305981807691966, "Himmelblau 1972",
    ),
    Entry(
        "rosenbrock", "100*(y - x^2)^2 + (1 - x)^2", square(-2, 2), best((1, 1)),
        (-1.2, 1), 0.0015, 0.0019968038374381654, "Rosenbrock 1960",
    ),
    Entry(
        "rastrigin", "20 + x^2 - 10*cos(2*pi*x) + y^2 - 10*cos(2*pi*y)", square(-5.12, 5.12),
        best((0, 0)) + local((_RA, 0), (-_RA, 0), (0, _RA), (0, -_RA), value=0.9949590570932898),
        (0.4, -0.3), 0.002, 0.005040523591294534, "Rastrigin 1974",
    ),
    Entry(
        "beale", "(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2",
        square(-4.5, 4.5), best((3, 0.5)),
        (1, 1), 0.02, 0.04083317116915094, "Beale 1958",
    ),
    Entry(
        "booth", "(x + 2*y - 7)^2 + (2*x + y - 5)^2", square(-10, 10), best((1, 3)),
        (-8, 6), 0.1, 1 / 9, "Booth, in Jamil and Yang 2013",
    ),
    Entry(
        "matyas", "0.26*(x^2 + y^2) - 0.48*x*y", square(-10, 10), best((0, 0)),
        (8, -6), 1.5, 2.0, "Matyas 1965",
    ),
    Entry(
        "styblinski-tang", "(x^4 - 16*x^2 + 5*x + y^4 - 16*y^2 + 5*y)/2", square(-5, 5),
        best((_ST_LOW, _ST_LOW), value=-78.33233140754284)
        + local((_ST_HIGH, _ST_LOW), (_ST_LOW, _ST_HIGH), value=-64.19561235905536)
        + local((_ST_HIGH, _ST_HIGH), value=-50.05889331056788),
        (-0.5, -4.5), 0.02, 0.05783178388208258, "Styblinski and Tang 1990",
    ),
    Entry(
        "six-hump-camel", "(4 - 2.1*x^2 + x^4/3)*x^2 + x*y + (4*y^2 - 4)*y^2",
        ((-2, 2), (-1.5, 1.5)),
        best((0.08984201310031806, -0.7126564030207396),
             (-0.08984201310031806, 0.7126564030207396), value=-1.0316284534898772)
        + local((-1.703606714969981, 0.7960835686726251),
                (1.703606714969981, -0.7960835686726251), value=-0.2154638243837197)
        + local((1.6071047529201974, 0.5686514548841313),
                (-1.6071047529201974, -0.5686514548841313), value=2.1042503103112598),
        (1, -1.2), 0.05, 0.12126213094791943, "Dixon and Szegő 1978",
    ),
    Entry(
        "three-hump-camel", "2*x^2 - 1.05*x^4 + x^6/6 + x*y + y^2", square(-5, 5),
        best((0, 0))
        + local((1.747552345830289, -0.8737761729151445),
                (-1.747552345830289, 0.8737761729151445), value=0.29863844223685965),
        (1, 2), 0.1, 0.4530818393219729, "Branin 1972",
    ),
    Entry(
        "mccormick", "sin(x + y) + (x - y)^2 - 1.5*x + 2.5*y + 1", ((-1.5, 4), (-3, 3)),
        best((-0.5471975511965977, -1.5471975511965979), value=-1.9132229549810367)
        + local((2.5943951023931957, 1.5943951023931955), value=1.2283696986087569),
        (0, 2), 0.2, 0.5, "McCormick 1976",
    ),
    Entry(
        "ackley",
        "-20*exp(-0.2*sqrt((x^2 + y^2)/2)) - exp((cos(2*pi*x) + cos(2*pi*y))/2) + 20 + e",
        square(-5, 5), best((0, 0)),
        (0.4, -0.3), 0.01, None, "Ackley 1987", nonsmooth=(0, 0),
    ),
    Entry(
        "escape", "x^2/10 - 0.6*exp(-8*(x - 3)^2)", ((-4, 6),),
        best((0,)) + local((2.9368313771056522,), value=0.2813486924822266),
        (5,), 1.0, 10.0, "a sharp local minimum beside a flat global one (L5)",
    ),
    Entry(
        "trap", "x^2/10 - 2*exp(-8*(x - 3)^2)", ((-4, 6),),
        best((2.9813146655211624,), value=-1.1055978132593085) + local((0,), value=0.0),
        (5,), 0.03, 0.06263214899912112, "the counterexample to L5: the local one is the flat one",
    ),
)  # fmt: skip
GALLERY = {entry.name: entry for entry in _ROWS}
