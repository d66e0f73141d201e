import type { CharacterLook } from "../film.ts";
import { hashOf } from "./look.ts";

/** The renderer's voice casts. */
export const voiceCasts = { women: ["ada", "clara", "elena", "grace", "iris"], men: ["bruno", "dmitri", "felix", "henry", "jonas"] } as const;

/** Somebody who speaks, with whom they share scenes. */
export interface Speaker {
  name: string;
  presents: CharacterLook["presents"];
  lines: number;
  /** Names of others heard in the same scenes. */
  heardWith: ReadonlySet<string>;
  /** A voice that was chosen before and stays. */
  voice: string | null;
}

/** Gives each speaker a voice that fits and that nobody heard in the same scenes has, as long as there are enough; big parts choose first. */
export function castVoices(speakers: Speaker[], seed: number): Map<string, string> {
  const given = new Map<string, string>();
  const uses = new Map<string, number>();
  const give = (name: string, voice: string) => {
    given.set(name, voice);
    uses.set(voice, (uses.get(voice) ?? 0) + 1);
  };
  for (const { name, voice } of speakers) if (voice !== null) give(name, voice);
  const open = speakers.filter(({ voice }) => voice === null).sort((a, b) => b.lines - a.lines || (a.name < b.name ? -1 : 1));
  for (const { name, presents, heardWith } of open) {
    const near = [...heardWith].flatMap((other) => given.get(other) ?? []);
    const cost = (voice: string) => near.filter((heard) => heard === voice).length * 1000 + (uses.get(voice) ?? 0) * 10 + (hashOf(name + voice, seed) % 10);
    const [best] = voicesFor(presents, uses).sort((a, b) => cost(a) - cost(b));
    if (best) give(name, best);
  }
  return given;
}

function voicesFor(presents: CharacterLook["presents"], uses: ReadonlyMap<string, number>): string[] {
  const { women, men } = voiceCasts;
  if (presents === "woman" || presents === "child") return [...women];
  if (presents === "man") return [...men];
  const total = (voices: readonly string[]) => voices.reduce((sum, voice) => sum + (uses.get(voice) ?? 0), 0);
  if (total(women) === total(men)) return [...women, ...men];
  return total(women) < total(men) ? [...women] : [...men];
}
