type Value = string | number | boolean | null | undefined | ((e: never) => void);
type Child = Node | string | null | undefined | false;

// h makes an element. Values of true set the bare attribute, false, null and undefined set
// none, functions listen to the event of that name. Text is always text.
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attrs: Record<string, Value> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const e = document.createElement(tag);
  for (const name of Object.keys(attrs)) set(e, name, attrs[name]);
  add(e, ...children);
  return e;
}

export function set(e: Element, name: string, value: Value): void {
  if (typeof value === "function") e.addEventListener(name, value as EventListener);
  else if (value === false || value === null || value === undefined) e.removeAttribute(name);
  else e.setAttribute(name, value === true ? "" : String(value));
}

export function add(e: Node, ...children: Child[]): void {
  children.forEach((c) => {
    if (c) e.appendChild(typeof c === "string" ? document.createTextNode(c) : c);
  });
}

export function clear(e: Node): void {
  while (e.firstChild) e.removeChild(e.firstChild);
}

export function fill(e: Node, ...children: Child[]): void {
  clear(e);
  add(e, ...children);
}

// icon draws one of our few pictures; they say nothing that the text beside them does not.
export function icon(path: string): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const attrs = { viewBox: "0 0 24 24", width: "24", height: "24", fill: "none", stroke: "currentColor", "stroke-width": "1.8",
    "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true", focusable: "false" };
  for (const [name, value] of Object.entries(attrs)) svg.setAttribute(name, value);
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  svg.appendChild(line);
  return svg;
}

export const icons = {
  chat: "M4 5.5h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1h-8.5L7 21v-3.5H4a1 1 0 0 1-1-1v-10a1 1 0 0 1 1-1ZM8 10h8M8 13.5h5",
  close: "M6 6l12 12M18 6L6 18",
  down: "M6 9l6 6 6-6",
  back: "M15 5l-7 7 7 7",
  send: "M4 12l16-8-5 16-3.5-6.5L4 12ZM11.5 13.5L20 4",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c.8-3.6 3.8-5.5 7.5-5.5s6.7 1.9 7.5 5.5",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3 2",
  tick: "M5 12.5l4.5 4.5L19 7.5",
  alert: "M12 8v5M12 16.5h.01M10.3 4l-8 14a2 2 0 0 0 1.7 3h16a2 2 0 0 0 1.7-3l-8-14a2 2 0 0 0-3.4 0Z",
  up: "M7 11v9H4v-9h3ZM7 11l4-8a2.5 2.5 0 0 1 2.5 3l-.7 4H19a2 2 0 0 1 2 2.3l-1 6A2 2 0 0 1 18 20H7",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  star: "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9L12 16.9 6.8 19.7l1-5.9L3.5 9.7l5.9-.8L12 3.5Z",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5M12 8h.01",
};
