// keyed makes the children of into those of items, in order. A child whose key is
// still there stays the same node, so focus and scrolling survive an update.
export function keyed<T>(into: HTMLElement, items: T[], key: (item: T) => string, make: (item: T) => HTMLElement, update: (node: HTMLElement, item: T) => void): void {
  const old = new Map<string, HTMLElement>();
  Array.from(into.children).forEach((c) => old.set((c as HTMLElement).dataset.key || "", c as HTMLElement));
  let place: Element | null = into.firstElementChild;
  for (const item of items) {
    const k = key(item);
    let node = old.get(k);
    old.delete(k);
    if (!node) {
      node = make(item);
      node.dataset.key = k;
    }
    update(node, item);
    if (node === place) place = place.nextElementSibling;
    else into.insertBefore(node, place);
  }
  old.forEach((node) => into.removeChild(node));
}
