import assert from "node:assert/strict";
import { test } from "node:test";
import type { Link } from "../common/link";
import { Net, Time } from "./fake";

function setup() {
  const time = new Time();
  const net = new Net(time);
  const seen: string[] = [];
  const heard: string[] = [];
  const lost: number[] = [];
  const link: Link = net.connect({
    opened: () => { link.send({ type: "hello" }); },
    heard: (f) => { heard.push(f.type); if (f.type === "welcome") link.welcomed(); },
    lost: (code) => lost.push(code),
    state: (s) => seen.push(s),
  });
  const up = (): void => {
    net.wire.accept();
    net.wire.say({ type: "welcome" });
  };
  return { time, net, seen, heard, lost, link, up };
}

test("connects, says hello, comes back after a break with growing patience", () => {
  const { time, net, seen, link, up } = setup();
  link.start();
  up();
  assert.deepEqual(net.wire.types(), ["hello"]);
  net.wire.cut();
  assert.equal(link.state(), "waiting");
  time.pass(1000);
  assert.equal(net.wires.length, 2);
  for (let i = 0; i < 8; i++) {
    net.wire.cut();
    time.pass(15000);
  }
  assert.equal(net.wires.length, 10, "never waits longer than 15 s");
  up();
  assert.deepEqual(seen, ["connecting", "online", "waiting", "online"]);
});

test("a server that welcomes and throws out at once is not stormed", () => {
  const { time, net, link, up } = setup();
  link.start();
  for (let i = 0; i < 5; i++) {
    up();
    net.wire.cut();
    time.pass(15000);
  }
  up();
  net.wire.cut();
  time.pass(1000);
  assert.equal(net.wires.length, 6, "patience was not reset");
});

test("pings each 20 s, answers pings, gives a silent socket up after 45 s", () => {
  const { time, net, link, up } = setup();
  link.start();
  up();
  time.pass(20000);
  assert.equal(net.wire.types().filter((t) => t === "ping").length, 1);
  net.wire.say({ type: "ping", head: 3 });
  assert.equal(net.wire.types().at(-1), "pong");
  time.pass(45000);
  assert.equal(net.wires.length, 1);
  time.pass(7000);
  assert.equal(net.wires[0].closed, true);
  assert.equal(net.wires.length, 2);
});

test("a socket that opens and never welcomes is given up", () => {
  const { time, net, link } = setup();
  link.start();
  net.wire.accept();
  time.pass(16000);
  assert.equal(net.wires[0].closed, true);
});

test("draining: comes back when told, neither earlier nor later", () => {
  const { time, net, link, up, lost } = setup();
  link.start();
  up();
  net.wire.say({ type: "draining", after_ms: 1840 });
  time.pass(1000);
  net.wire.cut(1012);
  time.pass(839);
  assert.equal(net.wires.length, 1);
  time.pass(1);
  assert.equal(net.wires.length, 2);
  up();
  net.wire.say({ type: "draining", after_ms: 500 });
  time.pass(500);
  assert.equal(net.wires[1].closed, true, "goes by itself");
  assert.equal(net.wires.length, 3);
  assert.equal(link.state(), "online", "nothing to worry anybody with");
  assert.deepEqual(lost, [1012, 0]);
});

test("too many pages: waits at least 15 s; hidden, until somebody looks", () => {
  const { time, net, link, up } = setup();
  link.start();
  up();
  net.wire.cut(1008);
  time.pass(15000);
  assert.equal(net.wires.length, 1);
  link.nudge();
  time.pass(1000);
  assert.equal(net.wires.length, 2);
  up();
  net.visible = false;
  net.wire.cut(1008);
  time.pass(3600_000);
  assert.equal(net.wires.length, 2);
  net.visible = true;
  link.nudge();
  assert.equal(net.wires.length, 3);
});

test("logged out: does not come back", () => {
  const { time, net, link, up } = setup();
  link.start();
  up();
  net.wire.cut(4401);
  time.pass(60000);
  assert.equal(net.wires.length, 1);
  assert.equal(link.state(), "stopped");
});

test("waking up: tries at once, and probes a socket that was silent", () => {
  const { time, net, link, up } = setup();
  link.start();
  up();
  net.network = false;
  net.wire.cut();
  assert.equal(link.state(), "offline");
  link.nudge();
  assert.equal(net.wires.length, 2);
  link.nudge();
  assert.equal(net.wires.length, 2, "one try at a time");
  up();
  time.pass(24000);
  link.nudge();
  time.pass(5000);
  assert.equal(net.wires[1].closed, true, "no answer to the probe");
});

test("frames that are no frames are passed over", () => {
  const { net, link, up, heard } = setup();
  link.start();
  up();
  net.wire.onmessage!({ data: "{" });
  net.wire.say({ type: "pong" });
  assert.deepEqual(heard, ["welcome"]);
  assert.equal(link.state(), "online");
});

test("what an old socket still says is not heard", () => {
  const { time, net, link, up, heard } = setup();
  link.start();
  up();
  const old = net.wire;
  const ear = old.onmessage!;
  old.cut();
  time.pass(1000);
  ear({ data: '{"type":"welcome"}' });
  assert.equal(heard.length, 1);
});

test("another network: an old socket is probed however lately it spoke", () => {
  const { time, net, link, up } = setup();
  link.start();
  up();
  link.nudge();
  assert.equal(net.wire.last("ping"), undefined, "it spoke just now");
  link.nudge(true);
  assert.deepEqual(net.wire.last("ping"), { type: "ping" });
  time.pass(1000);
  net.wire.say({ type: "pong" });
  time.pass(10000);
  assert.equal(net.wires.length, 1, "it answered");
  link.nudge(true);
  time.pass(8000);
  assert.equal(net.wires.length, 2, "it did not");
});
