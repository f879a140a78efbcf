// Kinds of points by name (descent/explanation.py tells them too).

const MINIMA = ["minimum", "valley", "kink"];

/** @param {{kind: string}} point */
export const isMinimum = ({ kind }) => MINIMA.includes(kind);
