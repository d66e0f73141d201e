import { seedFrom } from "../hash.ts";
import { NARRATOR, type Character, type Film, type Line, type Recipe } from "../film.ts";
import { derivedRecipe } from "./recipe.ts";

const women = ["ada", "clara", "elena", "grace", "iris"] as const;
const men = ["bruno", "dmitri", "felix", "henry", "jonas"] as const;

/** The voices that the house's `voice` model can speak with. */
export const voiceCasts: readonly string[] = [...women, ...men];

export type VoiceParams = { text: string; cast: string; language: string; pace: number; parenthetical: string | null };

/**
 * Which voice each character speaks with: the one that it was given, else one of its own that follows from its id, in whatever order they appear. Two characters share a
 * voice only when there are more of them than voices, or when a person said so.
 */
export function castVoices(film: Film): ReadonlyMap<string, string> {
  const cast = new Map<string, string>();
  for (const { id, voice } of film.characters) if (voice !== null) cast.set(id, voice);
  const used = new Set(cast.values());
  for (const { id, pool } of withoutVoice(film)) {
    const liked = [...pool].sort((a, b) => seedFrom(id, a) - seedFrom(id, b));
    const chosen = liked.find((voice) => !used.has(voice)) ?? liked[0] ?? "ada";
    used.add(chosen);
    cast.set(id, chosen);
  }
  return cast;
}

function withoutVoice(film: Film): { id: string; pool: readonly string[] }[] {
  const silent = film.characters.filter(({ voice }) => voice === null).map((character) => ({ id: character.id, pool: poolOf(character) }));
  const hasNarrator = film.characters.some(({ id }) => id === NARRATOR);
  const all = hasNarrator ? silent : [...silent, { id: NARRATOR, pool: voiceCasts }];
  return all.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function poolOf({ look }: Character): readonly string[] {
  if (look.presents === "man") return men;
  return look.presents === "woman" || look.presents === "child" ? women : voiceCasts;
}

/** How a line is spoken. */
export function voiceRecipe(film: Film, cast: ReadonlyMap<string, string>, line: Line): Recipe {
  const params: VoiceParams = {
    text: line.text,
    cast: cast.get(line.character) ?? cast.get(NARRATOR) ?? "ada",
    language: film.language,
    pace: 1,
    parenthetical: line.parenthetical,
  };
  return derivedRecipe("voice", params, film.wishes?.voice);
}
