// Why a rate did what it did: curvature at the minimum and the bound it sets (as descent/explain.py).

const ALIGNED = 0.99; // cosine from which a direction is called by its variable

/** Eigenvalues, lowest first, and the eigenvector of the highest. */
export function eigen(hessian, n) {
  if (n === 1) return { low: hessian[0], top: hessian[0], along: [1] };
  const [a, b, , d] = hessian;
  const [middle, spread] = [(a + d) / 2, Math.hypot((a - d) / 2, b)];
  const angle = Math.atan2(2 * b, a - d) / 2;
  return { low: middle - spread, top: middle + spread, along: [Math.cos(angle), Math.sin(angle)] };
}

/** The largest stable η of a rule where the highest curvature is `top`; null where there is none. */
export function boundOf(rule, beta, top) {
  if (rule === "plain") return 2 / top;
  if (rule === "momentum") return (2 * (1 + beta)) / top;
  if (rule === "nesterov") return (2 + 2 * beta) / ((1 + 2 * beta) * top);
  return null;
}

/** The minimum that is nearest to a point: { x, value, global, gap }; null without any. */
export function nearest(minima, x) {
  const gap = (minimum) => Math.hypot(...minimum.x.map((part, k) => part - x[k]));
  return minima.map((m) => ({ ...m, gap: gap(m) })).sort((a, b) => a.gap - b.gap)[0] ?? null;
}

/** What curvature says at the minimum near the best point of a path. */
export function explain(program, minima, path, { rate, rule, beta }) {
  const best = bestPoint(path, program.n);
  const minimum = nearest(minima, best);
  if (!minimum) return { minimum, bound: null };
  const { low, top, along } = eigen(program.hessian(minimum.x), program.n);
  if (!(top > 0) || !Number.isFinite(top) || low < -1e-6 * top) return { minimum, bound: null };
  const axis = along.findIndex((part) => Math.abs(part) > ALIGNED);
  const side = sideOf(rate, rule, boundOf(rule, beta, top), top);
  return { minimum, bound: boundOf(rule, beta, top), top, axis, side };
}

// below 1/λ · zigzag between 1/λ and the bound · past the bound
function sideOf(rate, rule, bound, top) {
  if (bound === null) return null;
  if (rate >= bound * (1 - 1e-12)) return "past";
  return rule === "plain" && rate > (1 + 1e-9) / top ? "zigzag" : "below";
}

function bestPoint({ values, points }, n) {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (values[k] < values[best]) best = k;
  return points.subarray(best * n, (best + 1) * n);
}
