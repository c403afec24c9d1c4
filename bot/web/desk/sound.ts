const QUIET_FOR = 3000; // milliseconds between two sounds
const NOTES = [660, 880]; // Hz
const NOTE = 0.13; // seconds

// Sound plays two short notes, never more often than every three seconds.
export class Sound {
  private context: AudioContext | null = null;
  private last = 0;

  constructor() {
    // Browsers let a page be heard only after the person did something on it.
    const wake = (): void => { this.wake(); };
    document.addEventListener("pointerdown", wake, { once: true });
    document.addEventListener("keydown", wake, { once: true });
  }

  ring(): void {
    const now = Date.now();
    if (now - this.last < QUIET_FOR) return;
    this.last = now;
    const context = this.wake();
    if (!context || context.state !== "running") return;
    NOTES.forEach((hz, i) => play(context, hz, context.currentTime + i * NOTE));
  }

  private wake(): AudioContext | null {
    try {
      this.context = this.context || new AudioContext();
      void this.context.resume();
    } catch { /* no sound on this machine */ }
    return this.context;
  }
}

function play(context: AudioContext, hz: number, at: number): void {
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.frequency.value = hz;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(0.12, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + NOTE);
  tone.connect(volume).connect(context.destination);
  tone.start(at);
  tone.stop(at + NOTE);
}
