// The sets that can be trained on: the two that are always named, and people's own files.

import { facts } from "../core/facts.js";

export const sets = new Map(facts.sets.map((set) => [set.id, set]));
export const isOwn = (id) => /^own-[0-9a-f]{12}$/.test(id ?? "");

/** The server's list is the truth: a server that began anew has no files. `here`: false for a set that is
 *  known by name, and is not on that machine. */
export function hearSets(list = []) {
  for (const id of [...sets.keys()]) if (isOwn(id) && !list.some((set) => set.id === id)) sets.delete(id);
  for (const set of list) sets.set(set.id, set);
}

/** The layers with the ends that this set needs. */
export function fitted(layers, id) {
  const set = sets.get(id), inner = String(layers).split("-").slice(1, -1);
  return set ? [set.inputs, ...inner, set.classes].join("-") : layers;
}

export const isDigits = (names) => names?.length === 10 && names.every((name, i) => name === String(i));
