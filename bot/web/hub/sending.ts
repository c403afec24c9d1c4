// waitWhileSending keeps a form with a data-wait from being sent twice, and says that it is
// being worked on. Coming back with the browser's button frees it again.
export function waitWhileSending(): void {
  document.addEventListener("submit", (e) => {
    const form = e.target as HTMLFormElement;
    if (form.dataset.sent) {
      e.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const said = form.querySelector<HTMLElement>("[data-wait]");
    if (said) said.textContent = said.dataset.wait || "";
  });
  addEventListener("pageshow", () => {
    document.querySelectorAll<HTMLFormElement>("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      const said = form.querySelector<HTMLElement>("[data-wait]");
      if (said) said.textContent = "";
    });
  });
}
