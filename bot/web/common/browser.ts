import { Link, type Ears, type Socket } from "./link";
import { realClock } from "./clock";

// browserLink is a Link over the browser's own websocket that wakes up with the page.
export function browserLink(url: string, ears: Ears): Link {
  const link = new Link(() => new WebSocket(url) as Socket, realClock, {
    hasNetwork: () => navigator.onLine !== false,
    visible: () => !document.hidden,
  }, ears);
  window.addEventListener("online", () => link.nudge(true));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) link.nudge(); });
  return link;
}

// socketURL is the address of a websocket on the host that page was loaded from.
export function socketURL(page: string, path: string): string {
  const url = new URL(path, page);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
