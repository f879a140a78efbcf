// Colours for f: even steps of lightness, the same to every kind of colour vision (after cividis).

const STOPS = [
  [0, 34, 78], [27, 58, 109], [66, 78, 108], [96, 100, 112], [125, 124, 120],
  [155, 149, 118], [187, 174, 109], [221, 202, 91], [254, 232, 56],
];

// Paths that are kept, told apart by every kind of colour vision (Okabe and Ito).
export const SERIES = ["#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#d55e00", "#f0e442"];

/** [red, green, blue] of a share from 0 (low) to 1 (high). */
export function ramp(share) {
  const place = Math.min(Math.max(share, 0), 1) * (STOPS.length - 1);
  const k = Math.min(Math.floor(place), STOPS.length - 2);
  return STOPS[k].map((low, i) => Math.round(low + (place - k) * (STOPS[k + 1][i] - low)));
}
