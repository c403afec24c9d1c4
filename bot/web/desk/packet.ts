import { add, h } from "../common/dom";
import { clockTime } from "../common/text";
import type { Earlier, Identity, Packet, Visited } from "./queries";
import type { DeskWords } from "./words";

// The cards of what a handoff brings that the transcript does not say.

// identityCard: who the host app says the customer is.
export function identityCard(p: Packet, say: DeskWords): HTMLElement | null {
  if (!p.identity) return null;
  const { name, verified, fields } = p.identity;
  const list = h("dl", {});
  if (name) add(list, h("dt", {}, say.say("identity.name")), h("dd", {}, h("bdi", {}, name)));
  (fields || []).forEach((f) => add(list, h("dt", {}, h("bdi", {}, f.name === "id" ? say.say("identity.id") : f.name)), h("dd", {}, h("bdi", {}, f.value))));
  return h("section", { class: "card" }, h("h3", {}, say.say("identity")),
    h("p", { class: "marks" }, h("span", { class: verified ? "mark sure" : "mark" }, say.say(verified ? "identity.verified" : "identity.unverified")), ...favours(p.identity, say)), list.firstChild && list);
}

// favours is how the host app wants the customer to be served.
function favours({ vulnerable, vip, priority }: Identity, say: DeskWords): HTMLElement[] {
  const marks = [vulnerable && h("span", { class: "mark hot" }, say.say("identity.vulnerable")), vip && h("span", { class: "mark left" }, say.say("identity.vip")),
    priority && h("span", { class: "mark" }, say.say("identity.priority", { n: priority }))];
  return marks.filter((m): m is HTMLElement => !!m);
}

// pageCard: from which pages the customer wrote, the first one first.
export function pageCard(p: Packet, say: DeskWords): HTMLElement | null {
  const [first, ...later] = p.pages || [];
  if (!first) return null;
  return h("section", { class: "card" }, h("h3", {}, say.say("page")), place(first),
    later.length > 0 && h("h4", {}, say.say("page.later")), later.length > 0 && h("ol", { class: "places" }, ...later.map((v) => h("li", {}, place(v), h("time", { class: "soft", datetime: v.at }, clockTime(v.at, Date.now()))))));
}

// place: the address is text, not a link: it is a customer's page, and may be anybody's.
function place({ title, url }: Visited): HTMLElement {
  return h("p", { class: "place" }, title && h("bdi", {}, title), url && h("bdi", { class: "address soft" }, url));
}

// earlierCard: the customer's chats before this one, to be read.
export function earlierCard(p: Packet, say: DeskWords, look: (earlier: Earlier) => void): HTMLElement {
  const all = p.earlier || [];
  const card = h("section", { class: "card" }, h("h3", {}, say.say("earlier")));
  if (all.length === 0) {
    add(card, h("p", { class: "empty" }, say.say("earlier.none")));
    return card;
  }
  add(card, h("ul", { class: "earlier" }, ...all.map((e) => h("li", {}, h("button", { type: "button", class: "open", click: () => look(e) },
    h("span", { class: "top" }, h("time", { datetime: e.opened }, clockTime(e.opened, Date.now())), h("span", { class: "soft" }, how(e, say))),
    h("bdi", { class: "preview" }, e.preview || "…"))))));
  return card;
}

function how(e: Earlier, say: DeskWords): string {
  return [e.reason && say.code("reason", e.reason), e.wrap && say.code("wrap", e.wrap)].filter((x) => x).join(" · ");
}
