import type { Event } from "../common/frame";

// What the desk asks over HTTP, beside its socket. bot/api answers.

export interface Suggestion { entry: string; revision: number; question: string; answer: string; confidence: number }
export interface Reply { entry: string; revision: number; title: string; text: string }
export interface Colleague { id: string; name: string; skills?: string[]; takes: boolean; free: number }
export interface Colleagues { agents: Colleague[]; queues: { skill: string; name: string }[]; wraps: { code: string; name: string }[] }
export interface Earlier { session: string; opened: string; closed?: string; reason?: string; wrap?: string; preview?: string }
// vulnerable, vip and priority (a head start in minutes) are the host app's word, too.
export interface Identity { name?: string; verified: boolean; fields?: { name: string; value: string }[]; vulnerable?: boolean; vip?: boolean; priority?: number }
export interface Visited { at: string; title?: string; url?: string }
export interface Packet { reason?: string; waited_ms?: number; identity?: Identity; pages?: Visited[]; earlier?: Earlier[] }
export interface Drafted { entry: string; url: string }

// Queries are those questions. They are refused with an Error if the server does not answer.
export interface Queries {
  suggest(text: string, lang: string, session: string): Promise<Suggestion[]>;
  canned(skill: string, lang: string): Promise<Reply[]>;
  packet(session: string): Promise<Packet>;
  history(session: string): Promise<Event[]>;
  colleagues(): Promise<Colleagues>;
  draft(session: string, seq: number, question: string, answer: string): Promise<Drafted>;
}

const MOST = 512; // runes that the search reads

// httpQueries asks the host the page came from.
export function httpQueries(): Queries {
  return {
    suggest: async (text, lang, session) =>
      (await ask<{ suggestions?: Suggestion[] }>("/desk/suggest" + query({ q: Array.from(text).slice(0, MOST).join(""), lang, session }))).suggestions || [],
    canned: async (skill, lang) => (await ask<{ replies?: Reply[] }>("/desk/canned" + query({ skill, lang }))).replies || [],
    packet: (session) => ask<Packet>("/desk/packet/" + encodeURIComponent(session)),
    history: async (session) => (await ask<{ events?: Event[] }>("/desk/history/" + encodeURIComponent(session))).events || [],
    colleagues: async () => {
      const got = await ask<Partial<Colleagues>>("/desk/colleagues");
      return { agents: got.agents || [], queues: got.queues || [], wraps: got.wraps || [] };
    },
    draft: (session, seq, question, answer) => ask<Drafted>("/desk/draft", { session, seq, question, answer }),
  };
}

function query(values: Record<string, string>): string { return "?" + new URLSearchParams(values).toString(); }

async function ask<T>(address: string, body?: object): Promise<T> {
  const answer = await fetch(address, {
    method: body ? "POST" : "GET", credentials: "same-origin", headers: body ? { "Content-Type": "application/json" } : {}, body: body && JSON.stringify(body),
  });
  if (!answer.ok || answer.redirected) throw new Error(address.split("?")[0] + ": " + answer.status);
  return (await answer.json()) as T;
}
