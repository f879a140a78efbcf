// Mathematics as mathematics: MathML from the server, checked, and MathML made here.

const SPACE = "http://www.w3.org/1998/Math/MathML";
const KNOWN = new Set(["mrow", "msub", "msup", "msubsup", "mn", "mi", "mo", "mfrac", "msqrt", "mroot", "mtext"]);
const ENTITIES = { InvisibleTimes: "\u2062", ApplyFunction: "\u2061", ExponentialE: "e", pi: "π", ImaginaryI: "i" };

/** An element of MathML: el("mfrac", "1", el("mi", "x")). */
export function el(name, ...children) {
  const element = document.createElementNS(SPACE, name);
  element.append(...children);
  return element;
}

/** The server's MathML as elements; of what it holds only the known elements are kept. */
export function imported(text) {
  const plain = text.replace(/&(\w+);/g, (whole, name) => ENTITIES[name] ?? whole);
  const read = new DOMParser().parseFromString(`<math xmlns="${SPACE}">${plain}</math>`, "application/xml");
  if (read.querySelector("parsererror")) throw new Error("MathML");
  return [...read.documentElement.childNodes].flatMap(copied);
}

function copied(node) {
  if (node.nodeType === Node.TEXT_NODE) return [minus(node.data)];
  const known = node.namespaceURI === SPACE && KNOWN.has(node.localName);
  return known ? [el(node.localName, ...[...node.childNodes].flatMap(copied))] : [];
}

const minus = (text) => (text === "-" ? "−" : text);

/** x1 as x with a subscript. */
export function variable(name) {
  const [, letters, digits] = /^(.*?)(\d*)$/.exec(name);
  return digits ? el("msub", el("mi", letters), el("mn", digits)) : el("mi", letters);
}

/** ∂f/∂x, or df/dx of one variable. */
export function slope(name, n) {
  const d = n > 1 ? "∂" : "d";
  return el("mfrac", el("mrow", el("mi", d), el("mi", "f")), el("mrow", el("mi", d), variable(name)));
}

/** A formula in its line. */
export function math(...children) {
  const line = el("math", ...children);
  line.setAttribute("displaystyle", "true");
  return line;
}
