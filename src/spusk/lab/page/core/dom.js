// Elements without a framework: make("button", { class: "plain", onclick }, "text", child).

/**
 * An element; a key that begins with "on" is an event's, a value or child that is nothing is left out.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, any>} attributes
 * @param {...any} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

/** A dialog over the page under its heading, with a button that closes it. */
export function dialog(label, close, ...children) {
  const box = make("dialog", { "aria-label": label }, make("h2", {}, label), ...children,
    make("form", { method: "dialog" }, make("button", {}, close)));
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}

/** A canvas that fills its box at the screen's own resolution; `draw(pen, width, height)`. */
export function canvas(label, draw, attributes = {}) {
  const element = make("canvas", { role: "img", "aria-label": label, ...attributes });
  let asked = 0;
  const redraw = () => {
    asked = 0;
    const scale = window.devicePixelRatio || 1;
    const { width, height } = element.getBoundingClientRect();
    if (!width || !height) return;
    const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
    if (element.width !== w || element.height !== h) [element.width, element.height] = [w, h];
    const pen = element.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    draw(pen, width, height);
  };
  const ask = () => (asked ||= requestAnimationFrame(redraw));
  new ResizeObserver(ask).observe(element);
  return { element, redraw: ask, now: redraw };
}

/** A colour of the theme, by its name in style.css: colour("accent"). */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** An element that may be wider than its room: reached by Tab and moved by arrows while it is. */
export function scrolling(element) {
  element.classList.add("scrolls");
  const look = () => (element.scrollWidth > element.clientWidth ? (element.tabIndex = 0) : element.removeAttribute("tabindex"));
  new ResizeObserver(look).observe(element);
  new MutationObserver(look).observe(element, { childList: true });
  return element;
}
