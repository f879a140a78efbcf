// The training that a press elsewhere asks for: the network view starts it once it is connected.
// It is no part of the address, so that an address from a stranger starts nothing.

let preset;

export function want(name) {
  preset = name;
}

/** The name of a preset, told once. */
export function wanted() {
  const name = preset;
  preset = undefined;
  return name;
}
