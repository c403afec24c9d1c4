import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event, Send, StateFrame } from "../common/frame";
import type { Item } from "../common/outbox";
import { Chat } from "../widget/chat";
import type { View } from "../widget/view";
import { here } from "../widget/where";
import { Net, Time, Wire, chance, memory, shelf } from "./fake";

class Screen implements View {
  lines: Event[] = [];
  fresh: boolean[] = [];
  pending = new Map<string, Item>();
  states: string[] = [];
  notices: string[] = [];
  links: string[] = [];
  starts = 0;
  unreads = 0;
  previews: boolean[] = [];
  typist = "";
  thinks = false;

  link(s: string): void { this.links.push(s); }
  started(again: boolean): void {
    this.starts++;
    if (again) this.lines = [];
  }
  line(e: Event, fresh: boolean): void {
    this.lines.push(e);
    this.fresh.push(fresh);
  }
  outgoing(i: Item): void { this.pending.set(i.frame.cid, i); }
  sent(cid: string): void { this.pending.delete(cid); }
  state(s: StateFrame): void { this.states.push(s.state + (s.position ? s.position : "") + (s.agent || "")); }
  typing(from: { name?: string }): void { this.typist = from.name || ""; }
  thinking(on: boolean): void { this.thinks = on; }
  notice(t: string): void { this.notices.push(t); }
  reload(t: string): void { this.notices.push("reload:" + t); }
  unread(n: number): void { this.unreads = n; }
  preview(on: boolean): void { this.previews.push(on); }
  texts(): (string | undefined)[] { return this.lines.map((l) => l.text); }
}

function setup(storage = memory(), token = "") {
  const time = new Time();
  const net = new Net(time);
  const screen = new Screen();
  const chat = new Chat(shelf(storage), time, "zh-CN", screen, net.connect, token);
  return { time, net, screen, chat, storage };
}

const event = (seq: number, prev: number, more: Partial<Event> = {}): Event =>
  ({ type: "event", session: "s1", seq, prev, at: "2026-11-21T08:15:00.120Z", kind: "message", from: { role: "bot" }, text: "t" + seq, ...more });
const welcome = (head: number, more: object = {}): object =>
  ({ type: "welcome", v: 1, session: "s1", token: "T1", lang: "zh-CN", head, state: "bot", ...more });

test("an anonymous hello, then the way back is kept", () => {
  const { net, screen, chat, storage } = setup();
  assert.equal(chat.known(), false);
  chat.start();
  net.wire.accept();
  assert.deepEqual(net.wire.sent[0], { type: "hello", v: 1, lang: "zh-CN", after: 0 });
  net.wire.say(welcome(1));
  net.wire.say(event(1, 0));
  net.wire.say(event(2, 1));
  assert.deepEqual(screen.texts(), ["t1", "t2"]);
  assert.deepEqual(screen.fresh, [false, true], "what was there before is history");
  const next = setup(storage);
  assert.equal(next.chat.known(), true);
  next.chat.start();
  next.net.wire.accept();
  assert.equal(next.net.wire.sent[0].token, "T1");
});

test("after a break it asks for what it lacks, once, and that is news", () => {
  const { time, net, screen, chat } = setup();
  chat.start();
  net.wire.accept();
  net.wire.say(welcome(2));
  net.wire.say(event(1, 0));
  net.wire.say(event(2, 1));
  net.wire.cut();
  time.pass(1000);
  net.wire.accept();
  assert.deepEqual(net.wire.sent[0], { type: "hello", v: 1, lang: "zh-CN", after: 2, token: "T1", session: "s1" });
  net.wire.say(welcome(3));
  net.wire.say(event(2, 1));
  net.wire.say(event(3, 2));
  assert.deepEqual(screen.texts(), ["t1", "t2", "t3"]);
  assert.equal(screen.fresh.at(-1), true);
});

test("a gap, and a head that is ahead, are asked about once", () => {
  const { time, net, screen, chat } = setup();
  chat.start();
  net.wire.accept();
  net.wire.say(welcome(1));
  net.wire.say(event(1, 0));
  net.wire.say(event(4, 3));
  net.wire.say(event(5, 4));
  assert.deepEqual(net.wire.sent.filter((f) => f.type === "sync"), [{ type: "sync", after: 1 }]);
  [3, 4, 5].forEach((n) => net.wire.say(event(n, n === 3 ? 1 : n - 1)));
  assert.deepEqual(screen.texts(), ["t1", "t3", "t4", "t5"]);
  time.pass(6000);
  net.wire.say({ type: "ping", head: 9 });
  net.wire.say({ type: "ping", head: 9 });
  time.pass(6000);
  net.wire.say({ type: "ping", head: 9 });
  assert.equal(net.wire.sent.filter((f) => f.type === "sync").length, 2);
});

test("a closed chat goes on as a new one; the old one does not come back", () => {
  const { net, screen, chat } = setup();
  chat.start();
  net.wire.accept();
  net.wire.say(welcome(1));
  net.wire.say(event(1, 0));
  net.wire.say({ type: "state", session: "s1", state: "closed" });
  chat.say("还有");
  const cid = (net.wire.last("send") as unknown as Send).cid;
  net.wire.say(welcome(2, { session: "s2", token: "T2" }));
  net.wire.say({ type: "ack", cid, seq: 2 });
  net.wire.say(event(1, 0, { session: "s2" }));
  net.wire.say(event(2, 1, { session: "s2", cid, from: { role: "customer" }, text: "还有" }));
  net.wire.say(event(2, 1));
  net.wire.say({ type: "state", session: "s1", state: "closed" });
  assert.deepEqual(screen.texts(), ["t1", "t1", "还有"]);
  assert.equal(screen.starts, 2);
  assert.equal(screen.pending.size, 0);
  assert.equal(net.wire.sent.filter((f) => f.type === "send").length, 1, "a second welcome resends nothing");
  assert.equal(chat.state.state, "bot");
});

test("a refused token is forgotten, once a connection", () => {
  const { time, net, chat, storage } = setup(memory(), "bad");
  chat.start();
  net.wire.accept();
  net.wire.say({ type: "error", code: "bad_token", text: "x" });
  assert.deepEqual(net.wire.sent[1], { type: "hello", v: 1, lang: "zh-CN", after: 0 });
  net.wire.say({ type: "error", code: "bad_token", text: "x" });
  assert.equal(net.wire.closed, true);
  time.pass(1000);
  net.wire.accept();
  net.wire.say(welcome(0));
  assert.match(storage.getItem("test:chat") || "", /T1/);
});

test("a cursor ahead starts over", () => {
  const { net, screen, chat } = setup();
  chat.start();
  net.wire.accept();
  net.wire.say(welcome(2));
  [1, 2].forEach((n) => net.wire.say(event(n, n - 1)));
  net.wire.say({ type: "error", code: "cursor_ahead", text: "x" });
  assert.deepEqual(net.wire.last("sync"), { type: "sync", after: 0 });
  net.wire.say(event(1, 0, { text: "anew" }));
  assert.deepEqual(screen.texts(), ["anew"]);
});

test("errors beside a message, and those about nothing in particular", () => {
  const { net, screen, chat } = setup();
  chat.start();
  net.wire.accept();
  net.wire.say(welcome(0));
  chat.say("很长");
  const cid = (net.wire.last("send") as unknown as Send).cid;
  net.wire.say({ type: "error", code: "too_long", text: "太长", cid });
  assert.equal(screen.pending.get(cid)!.state, "failed");
  assert.equal(screen.pending.get(cid)!.error, "太长");
  net.wire.say({ type: "error", code: "rate", text: "typing" });
  assert.deepEqual(screen.notices, []);
  net.wire.say({ type: "error", code: "forbidden", text: "不行" });
  assert.deepEqual(screen.notices, ["不行"]);
  chat.say("b");
  const b = (net.wire.last("send") as unknown as Send).cid;
  net.wire.say({ type: "error", code: "cid_conflict", text: "again", cid: b });
  chat.retry(chat.box.find(b)!);
  const c = (net.wire.last("send") as unknown as Send).cid;
  assert.notEqual(c, b);
});

test("a newer protocol asks for a reload and stops", () => {
  const { time, net, screen, chat } = setup();
  chat.start();
  net.wire.accept();
  net.wire.say({ type: "error", code: "version", text: "刷新" });
  time.pass(60000);
  assert.equal(net.wires.length, 1);
  assert.deepEqual(screen.notices, ["reload:刷新"]);
});

test("closed at the wrong moment: asks for the new session, once", () => {
  const { net, chat } = setup();
  chat.start();
  net.wire.accept();
  net.wire.say(welcome(0));
  chat.say("x");
  const cid = (net.wire.last("send") as unknown as Send).cid;
  net.wire.say({ type: "error", code: "closed", text: "", cid });
  assert.equal(net.wires.length, 2);
  net.wire.accept();
  net.wire.say(welcome(0, { session: "s2" }));
  assert.equal((net.wire.last("send") as unknown as Send).cid, cid);
  net.wire.say({ type: "error", code: "closed", text: "结束", cid });
  assert.equal(net.wires.length, 2);
  assert.equal(chat.box.find(cid)!.state, "failed");
});

test("the bot is thinking from a line of ours until its answer or a person", () => {
  const { net, screen, chat } = setup();
  const mine = { from: { role: "customer" as const } };
  let seq = 0;
  const say = (more: Partial<Event>): boolean => {
    net.wire.say(event(++seq, seq - 1, more));
    return screen.thinks;
  };
  const state = (s: string): boolean => {
    net.wire.say({ type: "state", session: "s1", state: s });
    return screen.thinks;
  };
  chat.start();
  net.wire.accept();
  net.wire.say(welcome(0));
  assert.equal(say({}), false, "the greeting");
  assert.equal(say(mine), true);
  assert.equal(say(mine), true, "a second line waits with the first");
  assert.equal(say({}), false, "answered");
  assert.equal(say({ ...mine, masked: ["phone"] }), true);
  assert.equal(say({}), true, "that something was hidden is no answer");
  assert.equal(say({ ...mine, kind: "vote", text: "" }), true);
  assert.equal(say({}), false);
  assert.equal(say(mine), true);
  assert.equal(state("queued"), false, "a person will answer");
  assert.equal(say(mine), false);
  assert.equal(state("bot"), false);
  assert.equal(say(mine), true);
  assert.equal(say({ kind: "handed", text: "x" }), false);
});

test("a person is asked for once, however often the button is pressed", () => {
  const { net, chat } = setup();
  chat.start();
  net.wire.accept();
  net.wire.say(welcome(0));
  chat.askHuman("转人工");
  chat.askHuman("转人工");
  assert.equal(chat.box.all().length, 1);
  assert.equal(net.wire.last("send")!.choice, "human");
});

test("typing goes out to people only, and not too often; theirs comes in", () => {
  const { time, net, screen, chat } = setup();
  chat.start();
  net.wire.accept();
  net.wire.say(welcome(0));
  chat.typed("我");
  assert.equal(net.wire.last("typing"), undefined);
  net.wire.say({ type: "state", session: "s1", state: "assigned", agent: "小周" });
  chat.typed("我");
  chat.typed("我想");
  chat.typed(" ");
  time.pass(3000);
  chat.typed("我想问");
  assert.deepEqual(net.wire.sent.filter((f) => f.type === "typing"), [{ type: "typing" }, { type: "typing" }], "and not what was typed");
  net.wire.say({ type: "typing", from: { role: "agent", name: "小周" } });
  assert.equal(screen.typist, "小周");
});

test("where agents see what is typed, the newest text goes out, once in a while, to who answers", () => {
  const { time, net, screen, chat } = setup();
  const sent = (): unknown[] => net.wire.sent.filter((f) => f.type === "typing").map((f) => f.text);
  chat.start();
  net.wire.accept();
  net.wire.say(welcome(0, { preview: true }));
  assert.deepEqual(screen.previews, [true]);
  net.wire.say({ type: "state", session: "s1", state: "queued", position: 1 });
  chat.typed("排队");
  time.pass(3000);
  assert.deepEqual(sent(), [undefined], "who waits is read by many");
  net.wire.say({ type: "state", session: "s1", state: "assigned", agent: "小周" });
  for (const text of ["我", "我想", "我想问\ud83d"]) chat.typed(text);
  time.pass(1);
  chat.typed("我想问一下");
  time.pass(1300);
  time.pass(5000);
  assert.deepEqual(sent().slice(1), ["我想问", "我想问一下"]);
  chat.typed("我想问一下吧");
  chat.typed("");
  chat.say("我想问一下吧");
  time.pass(5000);
  assert.equal(sent().length, 3, "what is sent is no draft any more");
  chat.typed("还有");
  time.pass(2000);
  chat.typed("");
  time.pass(2000);
  assert.deepEqual(sent().slice(3), ["还有", undefined], "what was deleted is taken back");
});

test("a message says where it was written if that is another place than before", () => {
  const net = { time: new Time() };
  const wires = new Net(net.time);
  let place: { page?: string; title?: string } = { page: "https://example.com/bills", title: "我的账单" };
  const chat = new Chat(shelf(memory()), net.time, "zh-CN", new Screen(), wires.connect, "", () => place);
  chat.start();
  wires.wire.accept();
  wires.wire.say(welcome(0, { places: true }));
  const places = (): unknown[] => wires.wire.sent.filter((f) => f.type === "send").map((f) => f.title);
  chat.say("一");
  wires.wire.say({ type: "ack", cid: wires.wire.last("send")!.cid, seq: 1 });
  chat.say("二");
  wires.wire.say({ type: "ack", cid: wires.wire.last("send")!.cid, seq: 2 });
  place = { title: "还款" };
  chat.choose("human", "转人工");
  assert.deepEqual(places(), ["我的账单", undefined, "还款"]);
  assert.equal(wires.wire.last("send")!.page, undefined);
});

test("a server that does not know of places is not told of any", () => {
  const time = new Time();
  const net = new Net(time);
  const chat = new Chat(shelf(memory()), time, "zh-CN", new Screen(), net.connect, "", () => ({ title: "还款" }));
  chat.start();
  net.wire.accept();
  net.wire.say(welcome(0));
  chat.say("一");
  assert.equal(net.wire.last("send")!.text, "一");
  assert.equal("title" in net.wire.last("send")!, false);
});

test("here is the page without query and fragment, or what the host calls it", () => {
  const at = { protocol: "https:", origin: "https://example.com", pathname: "/bills" };
  assert.deepEqual(here("", "我的账单", at), { page: "https://example.com/bills", title: "我的账单" });
  assert.deepEqual(here("账单页", "我的账单", at), { title: "账单页" });
  assert.deepEqual(here("", "", { ...at, protocol: "file:" }), {});
  assert.deepEqual(here("", "\0\ud83d我\uffff", { ...at, pathname: "/" + "x".repeat(2000) }), { title: "我" });
});

test("unread counts what others said, not history seen before, not a greeting", () => {
  const first = setup();
  first.chat.start();
  first.net.wire.accept();
  first.net.wire.say(welcome(0));
  first.net.wire.say(event(1, 0));
  assert.equal(first.screen.unreads, 0, "a greeting to somebody who said nothing");
  first.net.wire.say(event(2, 1, { from: { role: "customer" } }));
  first.net.wire.say(event(3, 2));
  assert.equal(first.screen.unreads, 1);
  first.chat.seen();
  assert.equal(first.screen.unreads, 0);
  const later = setup(first.storage);
  later.chat.start();
  later.net.wire.accept();
  later.net.wire.say(welcome(4));
  [1, 2, 3, 4].forEach((n) => later.net.wire.say(event(n, n - 1, n === 2 ? { from: { role: "customer" } } : {})));
  assert.equal(later.screen.unreads, 1, "only line 4 is new");
});

test("a rating names its part, and reasons follow it; so do those of a vote", () => {
  const { net, chat } = setup();
  chat.start();
  net.wire.accept();
  net.wire.say(welcome(0));
  const sent = (type: string): object => {
    const { cid, ...rest } = net.wire.last(type) as unknown as { cid: string };
    net.wire.say({ type: "ack", cid, seq: 1 });
    return rest;
  };
  chat.rate("agent", 4);
  assert.deepEqual(sent("rate"), { type: "rate", value: 4, part: "agent" });
  chat.rate("agent", 4, ["quick", "kind"]);
  assert.deepEqual(sent("rate"), { type: "rate", value: 4, part: "agent", reasons: "quick kind" });
  chat.vote(3, -1, ["unclear"]);
  assert.deepEqual(sent("vote"), { type: "vote", about: 3, value: -1, reasons: "unclear" });
});

test("a closed chat that is taken up again stays the same one", () => {
  const { net, screen, chat } = setup();
  chat.start();
  net.wire.accept();
  net.wire.say(welcome(1, { state: "closed" }));
  net.wire.say(event(1, 0));
  chat.say("还有");
  const cid = (net.wire.last("send") as unknown as Send).cid;
  net.wire.say({ type: "ack", cid, seq: 2 });
  net.wire.say(event(2, 1, { cid, from: { role: "customer" }, text: "还有" }));
  assert.equal(screen.thinks, true, "the bot owes an answer");
  net.wire.say(event(3, 2, { kind: "handed", from: { role: "customer" }, text: "" }));
  net.wire.say({ type: "state", session: "s1", state: "bot" });
  assert.equal(screen.thinks, true, "still");
  net.wire.say(event(4, 3));
  assert.equal(screen.thinks, false);
  assert.equal(screen.starts, 1);
  assert.equal(chat.state.state, "bot");
});

test("that somebody asks for a rating is no unread message", () => {
  const { net, screen, chat } = setup();
  chat.start();
  net.wire.accept();
  net.wire.say(welcome(0));
  net.wire.say(event(1, 0, { from: { role: "customer" } }));
  net.wire.say(event(2, 1));
  net.wire.say(event(3, 2, { kind: "survey", part: "bot", from: { role: "system" } }));
  assert.equal(screen.unreads, 1);
});

test("two tabs without a word settle on one chat; two that talked do not jump", () => {
  const storage = memory();
  const a = setup(storage);
  const b = setup(storage);
  [a, b].forEach((t) => {
    t.chat.start();
    t.net.wire.accept();
  });
  a.net.wire.say(welcome(0, { session: "sa", token: "TA" }));
  b.net.wire.say(welcome(0, { session: "sb", token: "TB" }));
  a.chat.otherTab();
  b.chat.otherTab();
  assert.equal(b.net.wires.length, 1, "it was the last to write");
  assert.equal(a.net.wires.length, 2);
  a.net.wire.accept();
  assert.equal(a.net.wire.sent[0].token, "TB");
  a.net.wire.say(welcome(0, { session: "sb", token: "TB2" }));
  b.chat.otherTab();
  assert.equal(b.net.wires.length, 1, "the same chat under a newer token is no reason to move");
});

// A server that forgets nothing behind a network that fails at any moment.
class Server {
  log: Event[] = [];
  private refs = new Map<string, number>();

  constructor(private readonly random: () => number, private readonly time: Time) {}

  serve(wire: Wire): void {
    let after = 0;
    const tail = (): void => {
      while (after < this.log.length && !wire.closed) {
        const e = this.log[after++];
        if (this.random() < 0.05) after = Math.max(0, after - 2); // doubled
        if (this.random() > 0.03) wire.say(e); // or lost: the next one shows the gap
        if (this.random() < 0.05) wire.cut();
      }
    };
    const heard = (f: Wire["sent"][number]): void => {
      if (this.random() < 0.05) return wire.cut();
      if (f.type === "hello") {
        after = f.after as number;
        wire.say(welcome(this.log.length));
      } else if (f.type === "sync") after = f.after as number;
      else if (f.type === "send") this.hear(wire, f as unknown as Send);
      else if (f.type === "ping") wire.say({ type: "ping", head: this.log.length });
      tail();
    };
    let arrives = 0; // frames take a while and keep their order
    wire.onsent = (f) => {
      arrives = Math.max(arrives, this.time.now() + this.random() * 300);
      this.time.after(arrives - this.time.now(), () => { if (!wire.closed) heard(f); });
    };
  }

  private hear(wire: Wire, f: Send): void {
    if (!this.refs.has(f.cid)) {
      if (this.random() < 0.1) return wire.say({ type: "error", code: "busy", text: "", cid: f.cid, retry_after_ms: 300 });
      this.refs.set(f.cid, this.log.length + 1);
      for (const e of [{ cid: f.cid, from: { role: "customer" as const }, text: f.text }, { text: "re " + f.text }]) {
        this.log.push(event(this.log.length + 1, this.log.length, e));
      }
    }
    if (this.random() < 0.1) return wire.cut();
    wire.say({ type: "ack", cid: f.cid, seq: this.refs.get(f.cid)! });
  }
}

test("over a network that fails at any moment every message arrives once, in order, both ways", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = chance(seed);
    const { time, net, screen, chat } = setup();
    const server = new Server(random, time);
    const dial = (w: Wire): void => {
      server.serve(w);
      time.after(20, () => { if (random() < 0.8) w.accept(); else w.cut(); });
    };
    net.ondial = dial;
    chat.start();
    const said: string[] = [];
    for (let i = 0; i < 12; i++) {
      time.pass(random() * 2000);
      said.push("m" + i);
      chat.say("m" + i);
    }
    time.pass(30 * 60 * 1000);
    assert.deepEqual(server.log.filter((e) => e.from.role === "customer").map((e) => e.text), said, "seed " + seed);
    assert.deepEqual(screen.texts(), server.log.map((e) => e.text), "seed " + seed);
    assert.equal(chat.box.all().length, 0, "seed " + seed);
    assert.equal(screen.pending.size, 0, "seed " + seed);
  }
});
