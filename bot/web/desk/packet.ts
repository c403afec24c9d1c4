import { add, h } from "../common/dom";
import { clockTime } from "../common/text";
import type { Earlier, Packet } from "./queries";
import type { DeskWords } from "./words";

// The cards of what a handoff brings that the transcript does not say.

// identityCard: who the host app says the customer is.
export function identityCard(p: Packet, say: DeskWords): HTMLElement | null {
  if (!p.identity) return null;
  const { name, verified, fields } = p.identity;
  const list = h("dl", {});
  if (name) add(list, h("dt", {}, say.say("identity.name")), h("dd", {}, h("bdi", {}, name)));
  (fields || []).forEach((f) => add(list, h("dt", {}, say.code("identity", f.name)), h("dd", {}, h("bdi", {}, f.value))));
  return h("section", { class: "card" }, h("h3", {}, say.say("identity")),
    h("p", {}, h("span", { class: verified ? "mark sure" : "mark" }, say.say(verified ? "identity.verified" : "identity.unverified"))), list.firstChild && list);
}

// pageCard: where the customer opened the chat.
export function pageCard(p: Packet, say: DeskWords): HTMLElement | null {
  return p.page ? h("section", { class: "card" }, h("h3", {}, say.say("page")), h("p", { class: "address" }, h("bdi", {}, p.page))) : null;
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
