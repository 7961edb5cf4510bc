/** What the ear learns without the eye. Short, and different in pitch and rhythm, so that a loud shop does not blur them. */
export type Sound = 'scanned' | 'unknown' | 'refused';

interface Note {
  readonly hertz: number;
  readonly startsAt: number;
  readonly lasts: number;
}

const NOTES: Readonly<Record<Sound, readonly Note[]>> = {
  scanned: [{ hertz: 1_760, startsAt: 0, lasts: 0.06 }],
  unknown: [
    { hertz: 440, startsAt: 0, lasts: 0.11 },
    { hertz: 330, startsAt: 0.13, lasts: 0.16 },
  ],
  refused: [
    { hertz: 220, startsAt: 0, lasts: 0.12 },
    { hertz: 220, startsAt: 0.17, lasts: 0.12 },
    { hertz: 220, startsAt: 0.34, lasts: 0.2 },
  ],
};

const LOUDNESS = 0.12;

export interface Speaker {
  play(sound: Sound): void;
}

/** Sounds by the page's own synthesis. A muted tab, a PC without a speaker or a browser that forbids sound changes nothing else. */
export class PageSpeaker implements Speaker {
  #context: AudioContext | undefined;

  play(sound: Sound): void {
    try {
      this.#context ??= new AudioContext();
      const context = this.#context;
      if (context.state === 'suspended') void context.resume().catch(() => undefined);
      for (const note of NOTES[sound]) playNote(context, note);
    } catch {
      // No sound device: the sentence on the screen says the same.
    }
  }
}

function playNote(context: AudioContext, note: Note): void {
  const from = context.currentTime + note.startsAt;
  const until = from + note.lasts;
  const oscillator = context.createOscillator();
  const volume = context.createGain();
  oscillator.type = 'triangle';
  oscillator.frequency.value = note.hertz;
  volume.gain.setValueAtTime(LOUDNESS, from);
  volume.gain.exponentialRampToValueAtTime(0.001, until);
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(from);
  oscillator.stop(until);
}
