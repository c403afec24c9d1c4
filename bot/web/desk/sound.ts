const QUIET_FOR = 3000; // milliseconds between two sounds
const NOTES = [660, 880]; // Hz
const NOTE = 0.13; // seconds

// Sound plays two short notes, never more often than every three seconds.
export class Sound {
  changed: () => void = () => {}; // called when it may have become allowed
  private context: AudioContext | null = null;
  private last = 0;

  constructor() {
    // Browsers let a page be heard only after the person did something on it. That is taken
    // note of after their click, lest what they click on moves away under it.
    const acted = (): void => {
      if (navigator.userActivation && !navigator.userActivation.hasBeenActive) return; // Escape, say, does not count
      this.wake();
      this.changed();
      for (const event of ["click", "keyup"]) document.removeEventListener(event, acted);
    };
    for (const event of ["click", "keyup"]) document.addEventListener(event, acted);
  }

  // allowed reports whether the browser lets this page be heard.
  allowed(): boolean {
    const { userActivation } = navigator;
    return (!!userActivation && userActivation.hasBeenActive) || (!!this.context && this.context.state === "running");
  }

  ring(): void {
    const now = Date.now();
    if (now - this.last < QUIET_FOR || !this.allowed()) return; // nobody wants to hear it later
    this.last = now;
    const context = this.wake();
    if (!context) return;
    void context.resume().then(() => NOTES.forEach((hz, i) => play(context, hz, context.currentTime + i * NOTE)));
  }

  private wake(): AudioContext | null {
    try {
      if (!this.context) {
        this.context = new AudioContext();
        this.context.onstatechange = () => this.changed();
      }
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
