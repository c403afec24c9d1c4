import { backoff } from "./backoff";
import type { Clock } from "./clock";
import { CLOSE_LOGGED_OUT, CLOSE_POLICY, type Draining, type Frame } from "./frame";

const PING_EVERY = 20000; // all in milliseconds
const DEAD_AFTER = 45000;
const CHECK_EVERY = 5000;
const WELCOME_WITHIN = 12000;
const PROBE_WITHIN = 5000; // after waking up, how long an old socket may take to answer
const STEADY = 10000; // a connection that lasted this long starts the back-off anew
const POLICY_WAIT = 15000;

// idle: not wanted; connecting: first try; online: welcomed; waiting: lost, tries
// again; offline: as waiting, and the device says it has no network; draining: the
// server moves house; stopped: coming back is no use.
export type LinkState = "idle" | "connecting" | "online" | "waiting" | "offline" | "stopped";

export interface Socket {
  send(data: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((e: { data: unknown }) => void) | null;
  onclose: ((e: { code: number }) => void) | null;
}

// World is what a Link knows of where it runs.
export interface World {
  hasNetwork(): boolean;
  visible(): boolean;
}

export interface Ears {
  opened(): void; // say hello now
  heard(frame: Frame): void; // not pong or draining
  lost(code: number): void; // the websocket's close code, 0 if we gave it up
  state(state: LinkState): void;
}

// A Link is a connection that comes back. It pings, notices silence that no error
// tells of (a phone that changed from Wi-Fi to mobile), waits longer after each
// failure, and follows a server that says it is draining.
export class Link {
  private socket: Socket | null = null;
  private state_: LinkState = "idle";
  private tries = 0;
  private heardAt = 0;
  private pingedAt = 0;
  private readyAt = 0;
  private notBefore = 0;
  private cancelTry: () => void = () => {};
  private cancelCheck: () => void = () => {};
  private cancelProbe: () => void = () => {};
  private cancelDrain: () => void = () => {};

  constructor(
    private readonly dial: () => Socket,
    private readonly clock: Clock,
    private readonly world: World,
    private readonly ears: Ears,
  ) {}

  state(): LinkState { return this.state_; }

  start(): void {
    if (this.state_ !== "idle" && this.state_ !== "stopped") return;
    this.become("connecting");
    this.connect();
  }

  // stop ends it for good ("stopped") or until start ("idle").
  stop(state: "idle" | "stopped"): void {
    this.hangUp();
    this.cancelTry();
    this.become(state);
  }

  send(frame: object): boolean {
    if (!this.socket) return false;
    try {
      this.socket.send(JSON.stringify(frame));
      return true;
    } catch {
      return false;
    }
  }

  // welcomed says that the other side knows us: from now on the link counts as up.
  welcomed(): void {
    this.readyAt = this.clock.now();
    this.become("online");
  }

  // failed gives this connection up and comes back after a while.
  failed(): void { this.drop(0); }

  // again drops the connection, if there is one, and makes a new one at once.
  again(): void {
    const had = this.socket !== null;
    this.hangUp();
    this.cancelTry();
    if (had) this.ears.lost(0);
    if (this.state_ === "waiting" || this.state_ === "offline") this.become("connecting");
    this.connect();
  }

  // nudge is for when the device woke up or got a network: do not wait out the
  // back-off, and do not trust an old socket; none at all if the network is another one.
  nudge(moved = false): void {
    if (this.state_ === "waiting" || this.state_ === "offline") {
      if (!this.socket && this.clock.now() >= this.notBefore) this.again();
      return;
    }
    if (this.state_ !== "online" || (!moved && this.clock.now() - this.heardAt < PING_EVERY)) return;
    const asked = this.clock.now();
    this.send({ type: "ping" });
    this.cancelProbe();
    this.cancelProbe = this.clock.after(PROBE_WITHIN, () => { if (this.heardAt < asked) this.drop(0); });
  }

  private connect(): void {
    this.heardAt = this.pingedAt = this.clock.now();
    this.readyAt = 0;
    let socket: Socket;
    try {
      socket = this.dial();
    } catch {
      this.drop(0);
      return;
    }
    this.socket = socket;
    socket.onopen = () => { if (socket === this.socket) this.ears.opened(); };
    socket.onmessage = (e) => { if (socket === this.socket) this.hear(e.data); };
    socket.onclose = (e) => { if (socket === this.socket) this.drop(e.code); };
    this.check(socket);
  }

  private hear(data: unknown): void {
    this.heardAt = this.clock.now();
    let frame: Frame;
    try {
      frame = JSON.parse(String(data)) as Frame;
    } catch {
      return; // not ours; the next ping shows whether anybody is there
    }
    if (frame.type === "ping") this.send({ type: "pong" });
    if (frame.type === "draining") this.drain((frame as Draining).after_ms);
    else if (frame.type !== "pong") this.ears.heard(frame);
  }

  private drain(ms: number): void {
    this.notBefore = this.clock.now() + ms;
    this.cancelDrain();
    this.cancelDrain = this.clock.after(ms, () => this.again());
  }

  // check looks after one socket for as long as it is the current one.
  private check(socket: Socket): void {
    this.cancelCheck = this.clock.after(CHECK_EVERY, () => {
      if (socket !== this.socket) return;
      const now = this.clock.now();
      const silent = now - this.heardAt;
      if (silent > DEAD_AFTER || (!this.readyAt && silent > WELCOME_WITHIN)) {
        this.drop(0);
        return;
      }
      if (now - this.pingedAt >= PING_EVERY && this.readyAt) {
        this.pingedAt = now;
        this.send({ type: "ping" });
      }
      this.check(socket);
    });
  }

  private drop(code: number): void {
    if (this.readyAt && this.clock.now() - this.readyAt >= STEADY) this.tries = 0;
    this.hangUp();
    this.ears.lost(code);
    if (this.state_ === "idle" || this.state_ === "stopped") return; // lost() decided so
    if (code === CLOSE_LOGGED_OUT) {
      this.become("stopped");
      return;
    }
    this.become(this.world.hasNetwork() ? "waiting" : "offline");
    this.cancelTry();
    const wait = this.pause(code);
    if (code === CLOSE_POLICY && !this.world.visible()) return; // too many pages of one person: the hidden ones give way until looked at
    this.cancelTry = this.clock.after(wait, () => this.connect());
  }

  private pause(code: number): number {
    const now = this.clock.now();
    if (this.notBefore > now) return this.notBefore - now; // the server spreads us, no need to do it ourselves
    const least = code === CLOSE_POLICY && this.world.visible() ? POLICY_WAIT : 0;
    if (least) this.notBefore = now + least;
    return backoff(this.tries++, this.clock.random()) + least;
  }

  // hangUp lets go of the socket without waiting for the other side to agree.
  private hangUp(): void {
    [this.cancelCheck, this.cancelProbe, this.cancelDrain].forEach((cancel) => cancel());
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    try {
      socket.close();
    } catch { /* it was closed already */ }
  }

  private become(state: LinkState): void {
    if (this.state_ === state) return;
    this.state_ = state;
    this.ears.state(state);
  }
}
