import { add, h, icon, icons } from "../common/dom";
import type { Item } from "../common/outbox";
import type { WidgetWords } from "./words";

// Second are the second chances of a message that was not sent.
export interface Second {
  retry(item: Item): void;
  edit(item: Item): void;
  drop(item: Item): void;
}

// drawOutgoing shows a message of ours on its way: a clock, then a tick; what was
// wrong and what can be done about it, if it failed.
export function drawOutgoing(item: Item, say: WidgetWords, second: Second): HTMLElement {
  const failed = item.state === "failed";
  const node = h("div", { class: failed ? "line mine failed" : "line mine", "data-cid": item.frame.cid },
    h("div", { class: "bubble" }, h("bdi", { class: "plain" }, item.label)));
  if (failed) {
    add(node, h("p", { class: "wrong", role: "alert" }, icon(icons.alert), reason(item, say)), chances(item, say, second));
    return node;
  }
  const acked = item.state === "acked";
  add(node, h("div", { class: "meta" },
    item.error ? h("span", { role: "status" }, item.error) : null,
    h("span", { class: acked ? "done" : "sending" }, icon(acked ? icons.tick : icons.clock),
      h("span", { class: "unseen" }, say.say(acked ? "state.sent" : "state.sending")))));
  return node;
}

function reason(item: Item, say: WidgetWords): string {
  if (item.error) return item.error;
  if (item.code === "stale") return say.say("state.stale");
  return say.say(item.code === "too_long" ? "state.too_long" : "state.failed");
}

// chances: sending the same text again helps only if the text was not at fault.
function chances(item: Item, say: WidgetWords, second: Second): HTMLElement {
  const typed = item.frame.type === "send" && !!item.frame.text;
  const fault = item.code === "too_long" || item.code === "empty";
  const button = (key: "retry" | "edit" | "drop", act: (item: Item) => void): HTMLElement =>
    h("button", { type: "button", class: "link", click: () => act(item) }, say.say(key));
  return h("div", { class: "chances" },
    fault ? null : button("retry", second.retry), typed ? button("edit", second.edit) : null, button("drop", second.drop));
}
