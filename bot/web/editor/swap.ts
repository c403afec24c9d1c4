// The server draws every part of a page once. What changes while somebody types is asked
// for again, as a page, and the parts that carry the same name change places: no text is
// ever made into a page here.
import { fill } from "../common/dom";

// encoded is a form as a browser sends it.
export function encoded(form: HTMLFormElement): string {
  const fields = new URLSearchParams();
  new FormData(form).forEach((value, name) => fields.append(name, String(value)));
  return fields.toString();
}

// Asked is a page that was asked for. Nothing in it runs.
export interface Asked {
  page: Promise<Document | "out">; // "out": nobody is logged in any more
  stop(): void; // the answer is not wanted any more: page never comes
}

// ask posts a form and takes the page that the server answers with.
export function ask(url: string, body: string): Asked {
  const request = new XMLHttpRequest();
  const page = new Promise<Document | "out">((resolve, reject) => {
    request.open("POST", url);
    request.responseType = "document";
    request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    request.onload = () => {
      if (new URL(request.responseURL).pathname === "/login") resolve("out");
      else if (request.response) resolve(request.response as Document);
      else reject(new Error(String(request.status)));
    };
    request.onerror = () => reject(new Error("no answer"));
    request.send(body);
  });
  return { page, stop: () => request.abort() };
}

// swap puts the parts of a page that are wanted into this one.
export function swap(page: Document, wanted: (part: string) => boolean): void {
  const fresh = new Map<string, HTMLElement>();
  page.querySelectorAll<HTMLElement>("[data-part]").forEach((part) => fresh.set(part.dataset.part || "", part));
  document.querySelectorAll<HTMLElement>("[data-part]").forEach((old) => {
    const name = old.dataset.part || "";
    const by = wanted(name) && fresh.get(name);
    if (by && !by.isEqualNode(old)) fill(old, ...Array.from(by.childNodes).map((n) => document.importNode(n, true)));
  });
}
