// The one script tag of a page that has the widget:
//
//	<script async src="https://HOST/widget.js" data-lang="zh-CN"></script>
//
// It puts <wenda-chat> at the end of the page, unless the page has placed one itself
// (<wenda-chat mode="page"> fills the window). data-lang, data-token (signed by the
// host app), data-mode and data-page become attributes of the element. Agents see from which
// page somebody writes: its title and address without query and fragment, or, where the
// host says so with data-page (later: by changing the attribute), what it calls the place,
// and no address. Anything on the page with data-wenda-open opens the chat; its data-wenda-ask is put into the input.
import { defineChat, type WendaChat } from "./element";

const script = document.currentScript as HTMLScriptElement | null;

function place(): void {
  let chat = document.querySelector("wenda-chat") as WendaChat | null;
  if (!chat) {
    chat = document.createElement("wenda-chat") as WendaChat;
    for (const name of ["lang", "token", "mode", "page"]) {
      const value = script && script.getAttribute("data-" + name);
      if (value) chat.setAttribute(name, value);
    }
    document.body.appendChild(chat);
  }
  const element = chat;
  document.addEventListener("click", (e) => {
    const opener = e.target instanceof Element ? e.target.closest("[data-wenda-open]") : null;
    if (!opener) return;
    e.preventDefault();
    element.open(opener.getAttribute("data-wenda-ask") || "");
  });
}

if (script && !customElements.get("wenda-chat")) {
  defineChat(script.src);
  if (document.body) place();
  else document.addEventListener("DOMContentLoaded", place);
}
