import { tidy } from "../common/text";

const MOST_TITLE = 200; // runes; the server keeps less
const MOST_PAGE = 1000;

// Where is the place on the host's page that a customer writes from.
export interface Where { page?: string; title?: string }

// here is the page as it is now, without what stands behind its path: that may be anybody's
// business. named is what the host calls the place instead; then its address is not told.
export function here(named: string, title: string, at: { protocol: string; origin: string; pathname: string }): Where {
  if (named) return { title: tidy(named, MOST_TITLE) };
  const page = at.origin + at.pathname;
  const told: Where = title ? { title: tidy(title, MOST_TITLE) } : {};
  return /^https?:$/.test(at.protocol) && page.length <= MOST_PAGE ? { page, ...told } : told;
}

// placeless is a frame without where it was written.
export function placeless<F extends object>(frame: F): F {
  const bare: F & Where = { ...frame };
  delete bare.page;
  delete bare.title;
  return bare;
}
