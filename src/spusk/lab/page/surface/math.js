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

/** A bracket around what is one line high, and so no higher itself. */
export function bracket(sign) {
  const made = el("mo", sign);
  made.setAttribute("stretchy", "false");
  return made;
}

// As the lecture writes them: the Russian tangents.
const WRITTEN = {
  ru: {
    tan: "tg", cot: "ctg", arctan: "arctg", arccot: "arcctg", tanh: "th", sinh: "sh", cosh: "ch",
    artanh: "arth", arsinh: "arsh", arcosh: "arch",
  },
};

/** The server's MathML as elements; of what it holds only the known elements are kept, without attributes. */
export function imported(text, lang = "en") {
  const bare = text.replace(/<([^\s<>/]+)[^<>]*?(\/?)>/g, "<$1$2>"); // the browser looks at handlers of inert documents, too
  const plain = bare.replace(/&(\w+);/g, (whole, name) => ENTITIES[name] ?? whole);
  const read = new DOMParser().parseFromString(`<math xmlns="${SPACE}">${plain}</math>`, "application/xml");
  if (read.querySelector("parsererror")) throw new Error("MathML");
  return [...read.documentElement.childNodes].flatMap((node) => copied(node, lang));
}

/** The same cut before each + and − of its sum, so that a long one can go on in the next line. */
export function pieces(text, lang) {
  const nodes = imported(text, lang);
  const sum = nodes.length === 1 && nodes[0].localName === "mrow" ? [...nodes[0].childNodes] : nodes;
  const cut = [[]];
  for (const node of sum) {
    const sign = node.localName === "mo" && "+−".includes(node.textContent);
    if (sign && cut.at(-1).length) cut.push([]);
    cut.at(-1).push(node);
  }
  return cut;
}

function copied(node, lang) {
  if (node.nodeType === Node.TEXT_NODE) return [writtenAs(node.data, node.parentNode.localName, lang)];
  const known = node.namespaceURI === SPACE && KNOWN.has(node.localName);
  return known ? [el(node.localName, ...[...node.childNodes].flatMap((child) => copied(child, lang)))] : [];
}

function writtenAs(text, parent, lang) {
  if (parent === "mn") return lang === "ru" ? text.replace(".", ",") : text;
  return text === "-" ? "−" : WRITTEN[lang]?.[text] ?? text;
}

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

/** A line of mathematics that may break between its pieces, before the sign of each. */
export function broken(...pieces) {
  const line = document.createElement("div");
  line.className = "line";
  for (const piece of pieces) {
    if (piece[0].localName === "mo") piece[0].setAttribute("form", "infix"); // keeps its spaces
    line.append(math(...piece), " ");
  }
  return line;
}

/** A formula in its line. */
export function math(...children) {
  const line = el("math", ...children);
  line.setAttribute("displaystyle", "true");
  return line;
}
