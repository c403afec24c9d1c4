import assert from "node:assert/strict";
import { test } from "node:test";
import type { Act, Chat, Chats, Event } from "../common/frame";
import type { Item } from "../common/outbox";
import type { Room } from "../desk/room";
import { Shift } from "../desk/shift";
import type { View } from "../desk/view";
import { Net, Time, memory, shelf } from "./fake";

(globalThis as unknown as { document: { hidden: boolean } }).document = { hidden: false };

function setup(storage = memory(), floor = false) {
  const time = new Time();
  const net = new Net(time);
  const seen = { lines: [] as string[], news: [] as string[], away: [] as string[], boards: 0, done: [] as string[], errors: [] as string[], opened: [] as string[], owners: [] as string[], out: [] as Item[], loggedOut: 0 };
  const view: View = {
    link: () => {}, welcomed: () => {}, lists: () => {}, typing: () => {}, contact: () => {}, sent: () => {},
    news: (n) => seen.news.push(n.what + " " + n.chat.session),
    available: (on, reason) => seen.away.push(on + " " + reason),
    board: () => { seen.boards++; },
    done: (act) => seen.done.push(act.type),
    opened: (r: Room | null) => seen.opened.push(r ? r.session : ""),
    line: (_r: Room, e: Event) => seen.lines.push(e.text || e.kind),
    outgoing: (i: Item) => seen.out.push(i),
    owner: (r: Room) => seen.owners.push(r.state + (r.mine ? "*" : "")),
    refused: (e, i) => seen.errors.push(e.code + (i ? ":" + i.frame.type : "")),
    loggedOut: () => { seen.loggedOut++; },
  };
  const shift = new Shift(shelf(storage), time, "zh-CN", view, net.connect, floor);
  const up = (): void => {
    net.wire.accept();
    net.wire.say({ type: "welcome", v: 1, id: "u1", name: "小周", capacity: 5, available: true, hears: ["seen"] });
  };
  return { time, net, shift, seen, up };
}

const chat = (session: string, more: Partial<Chat> = {}): Chat =>
  ({ session, customer: "c", state: "queued", lang: "zh-CN", seq: 3, fence: 2, since: "", heard: "", ...more });
const chats = (queue: Chat[], mine: Chat[] = []): Chats => ({ type: "chats", waiting: queue.length, queue, mine });
const event = (seq: number, more: Partial<Event> = {}): Event =>
  ({ type: "event", session: "s1", seq, prev: seq - 1, at: "", kind: "message", from: { role: "customer" }, text: "t" + seq, ...more });

test("rings for who is new, not for who waited when the page came", () => {
  const { net, shift, seen, up } = setup();
  shift.start();
  up();
  net.wire.say(chats([chat("s1")]));
  net.wire.say(chats([chat("s1"), chat("s2")]));
  net.wire.say(chats([chat("s2")]));
  assert.deepEqual(seen.news, ["arrived s2"]);
});

test("claims, opens, says with the newest fence; the order of what is said and done is kept", () => {
  const { net, shift, seen, up } = setup();
  shift.start();
  up();
  net.wire.say(chats([chat("s1")]));
  shift.claim("s1");
  const claim = net.wire.last("claim") as unknown as Act;
  net.wire.say({ type: "ack", cid: claim.cid, seq: 4, session: "s1", fence: 3 });
  assert.deepEqual(seen.opened, ["s1"]);
  assert.equal(shift.current!.mine, true);
  shift.act("say", { text: "您好" });
  shift.act("close");
  assert.equal(net.wire.last("close"), undefined, "first things first");
  const say = net.wire.last("say") as unknown as Act;
  assert.equal(say.fence, 3);
  net.wire.say({ type: "ack", cid: say.cid, seq: 5, session: "s1", fence: 3 });
  const close = net.wire.last("close") as unknown as Act;
  net.wire.say({ type: "ack", cid: close.cid, seq: 6, session: "s1", fence: 4 });
  assert.equal(shift.current!.mine, false);
  assert.equal(seen.owners.at(-1), "closed");
});

test("after a break it watches on from where it was, and resends what was said", () => {
  const { time, net, shift, seen, up } = setup();
  shift.start();
  up();
  net.wire.say(chats([], [chat("s1", { state: "assigned" })]));
  shift.open("s1");
  [1, 2].forEach((n) => net.wire.say(event(n)));
  shift.act("say", { text: "在的" });
  const say = net.wire.last("say") as unknown as Act;
  net.wire.cut();
  time.pass(1000);
  up();
  assert.deepEqual(net.wire.sent.slice(1), [{ type: "watch", session: "s1", after: 2 }, { ...say }]);
  net.wire.say(event(3, { cid: say.cid, from: { role: "agent", id: "u1" }, text: "在的" }));
  assert.deepEqual(seen.lines, ["t1", "t2", "在的"]);
});

test("a claim is sent again until it is answered, as the same claim; not after a long break", () => {
  const { time, net, shift, seen, up } = setup();
  shift.start();
  up();
  shift.claim();
  const claim = net.wire.last("claim");
  net.wire.cut();
  time.pass(1000);
  up();
  assert.deepEqual(net.wire.last("claim"), claim);
  net.wire.say({ type: "ack", cid: (claim as unknown as Act).cid, seq: 4, session: "s1", fence: 3 });
  assert.deepEqual(seen.opened, ["s1"]);
  assert.equal(shift.box.all().length, 0);
  shift.claim();
  net.wire.cut();
  time.pass(90000);
  while (net.wire.closed) time.pass(1000);
  up();
  assert.equal(net.wire.last("claim"), undefined, "the claim is not made behind anybody's back");
  assert.equal(shift.box.all().length, 0);
});

test("not the owner any more: the text is kept for another try, the room shows whose it is", () => {
  const { net, shift, seen, up } = setup();
  shift.start();
  up();
  net.wire.say(chats([], [chat("s1", { state: "assigned" })]));
  shift.open("s1");
  net.wire.say({ type: "state", session: "s1", state: "assigned", fence: 2, mine: true });
  shift.act("say", { text: "晚了" });
  const say = net.wire.last("say") as unknown as Act;
  net.wire.say({ type: "error", code: "not_owner", text: "x", cid: say.cid, session: "s1" });
  assert.deepEqual(seen.errors, ["not_owner:say"]);
  assert.equal(shift.current!.mine, false);
  assert.equal(shift.box.find(say.cid)!.state, "failed");
  net.wire.say({ type: "state", session: "s1", state: "assigned", fence: 6, mine: true });
  shift.retry(shift.box.find(say.cid)!);
  const again = net.wire.last("say") as unknown as Act;
  assert.notEqual(again.cid, say.cid);
  assert.equal(again.fence, 6);
});

test("a refused claim leaves nothing behind", () => {
  const { net, shift, seen, up } = setup();
  shift.start();
  up();
  shift.claim();
  net.wire.say({ type: "error", code: "empty", text: "x", cid: (net.wire.last("claim") as unknown as Act).cid });
  assert.deepEqual(seen.errors, ["empty:claim"]);
  assert.equal(shift.box.all().length, 0);
});

test("unread until looked at, also after a reload", () => {
  const storage = memory();
  const { net, shift, up } = setup(storage);
  shift.start();
  up();
  const mine = chat("s1", { state: "assigned", seq: 2 });
  net.wire.say(chats([], [mine]));
  assert.equal(shift.unread(mine), true);
  shift.open("s1");
  [1, 2].forEach((n) => net.wire.say(event(n)));
  assert.equal(shift.unread(mine), false);
  assert.equal(setup(storage).shift.unread(mine), false);
  assert.equal(setup(storage).shift.unread({ ...mine, seq: 3 }), true);
});

test("a gap is filled, a cursor ahead starts over", () => {
  const { net, shift, seen, up } = setup();
  shift.start();
  up();
  shift.open("s1");
  net.wire.say(event(1));
  net.wire.say(event(3));
  assert.deepEqual(net.wire.last("watch"), { type: "watch", session: "s1", after: 1 });
  [2, 3].forEach((n) => net.wire.say(event(n)));
  assert.deepEqual(seen.lines, ["t1", "t2", "t3"]);
  net.wire.say({ type: "error", code: "cursor_ahead", text: "", session: "s1" });
  assert.deepEqual(net.wire.last("watch"), { type: "watch", session: "s1", after: 0 });
  assert.equal(shift.current!.events.length, 0);
});

test("a chat that could not be watched is watched when the lists have it, or the server has time", () => {
  const { time, net, shift, up } = setup();
  const watches = (): number => net.wire.types().filter((t) => t === "watch").length;
  shift.start();
  up();
  net.wire.say(chats([chat("s1")]));
  shift.open("s1");
  net.wire.say(event(1));
  net.wire.say({ type: "error", code: "not_found", text: "", session: "s1" });
  net.wire.say(chats([]));
  assert.equal(watches(), 1);
  net.wire.say(chats([chat("s1")]));
  assert.deepEqual(net.wire.last("watch"), { type: "watch", session: "s1", after: 1 });
  assert.equal(watches(), 2);
  net.wire.say(chats([chat("s1", { seq: 4 })]));
  assert.equal(watches(), 2, "it is watched");
  net.wire.say({ type: "error", code: "busy", text: "", session: "s1", retry_after_ms: 1000 });
  time.pass(999);
  assert.equal(watches(), 2);
  time.pass(1);
  assert.equal(watches(), 3);
  net.wire.say({ type: "error", code: "busy", text: "", session: "s1", retry_after_ms: 1000 });
  shift.open("");
  time.pass(1000);
  assert.equal(watches(), 3, "nobody looks at it any more");
});

test("logged out is told once and not a reason to come back", () => {
  const { time, net, shift, seen, up } = setup();
  shift.start();
  up();
  net.wire.cut(4401);
  time.pass(60000);
  assert.equal(seen.loggedOut, 1);
  assert.equal(net.wires.length, 1);
});

test("contact details live as long as the page", () => {
  const { net, shift, up } = setup();
  shift.start();
  up();
  shift.open("s1");
  shift.act("reveal", { text: "回电", about: 3 });
  const reveal = net.wire.last("reveal") as unknown as Act;
  assert.equal(reveal.about, 3);
  net.wire.say({ type: "contact", cid: reveal.cid, session: "s1", about: 3, text: "138" });
  assert.equal(shift.current!.contacts.get(3), "138");
  assert.equal(shift.box.all().length, 0);
});

test("on duty is what the server says, whatever this window said before", () => {
  const { time, net, shift } = setup();
  const welcome = (available: boolean): void => {
    net.wire.accept();
    net.wire.say({ type: "welcome", v: 1, id: "u1", name: "小周", capacity: 5, available });
  };
  shift.start();
  welcome(false);
  shift.available(true);
  assert.deepEqual(net.wire.last("available"), { type: "available", on: true });
  for (const available of [true, false]) { // off: by another window, meanwhile
    net.wire.cut();
    time.pass(2000);
    welcome(available);
    assert.equal(net.wire.last("available"), undefined);
    assert.equal(shift.me!.available, available);
  }
});

test("what I did myself is no news; what others did to my chats is", () => {
  const { net, shift, seen, up } = setup();
  shift.start();
  up();
  const mine = (session: string, more: Partial<Chat> = {}): Chat => chat(session, { state: "assigned", heard: "1", ...more });
  net.wire.say(chats([chat("s1")], [mine("s2"), mine("s3")]));
  shift.claim("s1");
  net.wire.say({ type: "ack", cid: String(net.wire.last("claim")!.cid), seq: 4, session: "s1", fence: 3 });
  net.wire.say(chats([], [mine("s1"), mine("s2"), mine("s3")]));
  assert.deepEqual(seen.news, []);
  net.wire.say(chats([chat("s4", { accept_by: "later" })], [mine("s1", { heard: "2" }), mine("s2"), mine("s5")]));
  assert.deepEqual(seen.news, ["offered s4", "said s1", "given s5", "moved s3"]);
});

test("what is offered may be refused without looking into it", () => {
  const { net, shift, seen, up } = setup();
  shift.start();
  up();
  net.wire.say(chats([chat("s1", { accept_by: "later", fence: 7 })]));
  shift.actIn("s1", "refuse", { text: "" });
  const refuse = net.wire.last("refuse")!;
  assert.deepEqual([refuse.session, refuse.fence, "text" in refuse], ["s1", 7, false]);
  net.wire.say({ type: "ack", cid: String(refuse.cid), seq: 0, session: "s1", fence: 8 });
  assert.deepEqual(seen.done, ["refuse"]);
});

test("what was refused for want of a reason goes out again with one", () => {
  const { net, shift, seen, up } = setup();
  shift.start();
  up();
  net.wire.say(chats([], [chat("s1", { state: "assigned" })]));
  shift.open("s1");
  shift.act("say", { text: "请看 https://elsewhere.example", entry: "e1", revision: 3 });
  const say = net.wire.last("say")!;
  net.wire.say({ type: "error", code: "needs_reason", text: "link", cid: say.cid, session: "s1" });
  assert.deepEqual(seen.errors, ["needs_reason:say"]);
  shift.retry(shift.box.find(String(say.cid))!, { override: "客户问的就是它" });
  const again = net.wire.last("say")!;
  assert.deepEqual([again.text, again.entry, again.revision, again.override], [say.text, "e1", 3, "客户问的就是它"]);
});

test("switched off by the server, and mentioned by a colleague", () => {
  const { net, shift, seen, up } = setup();
  shift.start();
  up();
  net.wire.say({ type: "available", on: false, reason: "unaccepted" });
  assert.equal(shift.me!.available, false);
  assert.deepEqual(seen.away, ["false unaccepted"]);
  net.wire.say({ type: "mention", session: "s9", seq: 4, from: { role: "agent", name: "小李" }, text: "@小周" });
  assert.ok(shift.mentions.has("s9"));
  shift.open("s9");
  assert.ok(!shift.mentions.has("s9"));
  assert.deepEqual(seen.news, ["mention s9"]);
});

test("what names me stays until I look or say that I know", () => {
  const { net, shift, up } = setup();
  shift.start();
  up();
  const note = (session: string, seq: number) => ({ type: "mention", session, seq, at: "2026-11-22T09:00:00.000Z", from: { role: "agent", name: "小李" }, text: "@小周" });
  net.wire.say({ type: "mentions", unread: [note("s1", 4), note("s2", 7)] });
  assert.deepEqual([...shift.mentions.keys()], ["s1", "s2"]);
  net.wire.say(note("s3", 2));
  assert.deepEqual([...shift.mentions.keys()], ["s3", "s1", "s2"]); // the newest first
  shift.dismiss("s2");
  shift.dismiss("s2");
  assert.deepEqual(net.wire.sent.filter((f) => f.type === "seen"), [{ type: "seen", session: "s2", seq: 7 }]);
  shift.open("s1");
  assert.deepEqual([...shift.mentions.keys()], ["s3"]);
  net.wire.say(note("s1", 9)); // read as it comes
  assert.ok(!shift.mentions.has("s1"));
  assert.equal(net.wire.last("seen")!.seq, 9);
  net.wire.say({ type: "mentions", unread: [] }); // looked at on another desk
  assert.equal(shift.mentions.size, 0);
});

test("a board is at no desk, and asks for itself after every break", () => {
  const { time, net, shift, seen, up } = setup(memory(), true);
  shift.start();
  up();
  assert.deepEqual(net.wire.sent, [{ type: "hello", v: 1, lang: "zh-CN", board: true }, { type: "board", on: true }]);
  net.wire.say({ type: "board", queues: [], agents: [], at: "" });
  net.wire.cut();
  time.pass(2000);
  up();
  assert.deepEqual(net.wire.last("board"), { type: "board", on: true });
  assert.equal(seen.boards, 1);
  shift.open("s1");
  shift.act("join");
  net.wire.say({ type: "ack", cid: String(net.wire.last("join")!.cid), seq: 3, session: "s1", fence: 2 });
  assert.deepEqual([shift.current!.joined, shift.current!.mine], [true, false]);
  shift.act("takeover");
  net.wire.say({ type: "ack", cid: String(net.wire.last("takeover")!.cid), seq: 4, session: "s1", fence: 3 });
  assert.deepEqual([shift.current!.mine, seen.done], [true, ["join", "takeover"]]);
});

test("to a node of before it says nothing that the node does not take, and loses nothing of its own", () => {
  const { time, net, shift, seen, up } = setup();
  const old = (): void => {
    net.wire.accept();
    net.wire.say({ type: "welcome", v: 1, id: "u1", name: "小周", capacity: 5, available: true }); // says not what it hears
  };
  const note = (session: string, seq: number) => ({ type: "mention", session, customer: "王先生", seq, at: "2026-11-22T09:00:00.000Z", from: { role: "agent", name: "小李" }, text: "@小周" });
  shift.start();
  old();
  net.wire.say(note("s1", 4));
  net.wire.say(note("s2", 7));
  shift.dismiss("s1");
  shift.open("s2");
  assert.equal(shift.current!.title(), "王先生");
  net.wire.say(note("s2", 9)); // read as it comes
  assert.deepEqual([...shift.mentions.keys()], []);
  assert.deepEqual(net.wire.types(), ["hello", "watch"]);
  assert.deepEqual(seen.errors, []);
  net.wire.cut(); // it is replaced by a new one
  net.wire.say(note("s3", 1));
  time.pass(2000);
  up();
  net.wire.say({ type: "mentions", unread: [note("s1", 4)] });
  shift.dismiss("s1");
  assert.deepEqual(net.wire.last("seen"), { type: "seen", session: "s1", seq: 4 });
  net.wire.cut(); // and that one by an old one
  time.pass(2000);
  old();
  net.wire.say(note("s2", 11));
  assert.deepEqual(net.wire.types(), ["hello", "watch"]);
});
