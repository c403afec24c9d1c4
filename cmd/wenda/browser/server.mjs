// A wenda of its own for each test file: a fresh data folder, a free port, and a
// crash on demand.
import { spawn, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const START_WITHIN = 120_000; // milliseconds; the machine may be busy
const binary = process.env.WENDA_BIN || build();

// build is for whoever runs a file by hand; go test hands in a binary.
function build() {
  const folder = mkdtempSync(join(tmpdir(), "wenda-bin-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "wenda");
  execFileSync("go", ["build", "-o", path, ".."], { cwd: import.meta.dirname, stdio: "inherit" });
  return path;
}

// environ is ours without settings: wenda refuses those it does not know.
function environ() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("WENDA_")));
}

// freeAddr finds a port that nobody listens on and that is given to no outgoing connection:
// it is still free when the server comes back.
async function freeAddr() {
  for (let tries = 0; tries < 20; tries++) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    try {
      const listener = createServer().listen(port, "127.0.0.1");
      await once(listener, "listening");
      listener.close();
      await once(listener, "close");
      return `127.0.0.1:${port}`;
    } catch { /* somebody has it */ }
  }
  return "127.0.0.1:0";
}

// shared are the flags of a server on the PostgreSQL and the Redis that go test hands to a
// file. Whoever runs the file by hand has none: it is one node with a file, then.
export function shared(name) {
  const [database, redis] = (process.env["BROWSER_" + name] || "").split(" ");
  return database ? ["--database-url", database, "--redis-url", redis] : [];
}

export class Server {
  #flags;
  #folder = mkdtempSync(join(tmpdir(), "wenda-browser-"));
  #process = null;
  #addr = "";
  setup = ""; // the one-time link that the newest start printed; "" if it printed none
  log = ""; // what it wrote to stderr, all starts

  constructor(flags = []) { this.#flags = flags; }

  static async start(flags) {
    const server = new Server(flags);
    process.once("exit", () => server.#end());
    process.once("SIGTERM", () => process.exit(143)); // so that the line above is run
    await server.start();
    return server;
  }

  get base() { return `http://${this.#addr}`; }

  url(path = "/") { return this.base + path; }

  // start runs wenda on its folder, from the second time on at the same address.
  async start() {
    this.#addr ||= await freeAddr();
    // A busy machine may think for longer than people wait; that changes no story.
    const process_ = spawn(binary, ["serve", "--data-dir", this.#folder, "--addr", this.#addr, "--private-addr", "", "--bot-match-budget", "1m", ...this.#flags],
      { env: environ(), stdio: ["ignore", "pipe", "pipe"] });
    this.#process = process_;
    process_.stderr.on("data", (piece) => { this.log += piece; });
    const late = setTimeout(() => process_.kill("SIGKILL"), START_WITHIN);
    this.setup = "";
    let ready = false;
    for await (const line of createInterface({ input: process_.stdout })) {
      const [address] = line.match(/http:\/\/\S+/) || [];
      if (address) this.#addr = new URL(address).host;
      if (address && address.includes("/setup?")) this.setup = address;
      ready = line.includes("hot state:"); // the last it prints
      if (ready) break;
    }
    clearTimeout(late);
    process_.stdout.resume();
    if (!ready) throw new Error(`wenda did not start:\n${this.log}`);
  }

  // freeze lets it hang: it takes what is sent and does nothing.
  freeze() { this.#process.kill("SIGSTOP"); }

  // crash is kill -9: no drain, no goodbye.
  async crash() {
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await ended;
  }

  // run runs an operator's command on the same data folder, while the server runs.
  run(args, input = "") {
    return execFileSync(binary, [...args, "--data-dir", this.#folder, ...this.#flags.slice(0, 2)], { env: environ(), input, encoding: "utf8" });
  }

  async stop() {
    if (this.#process.exitCode === null && this.#process.signalCode === null) await this.crash();
    this.#end();
  }

  #end() {
    this.#process?.kill("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
