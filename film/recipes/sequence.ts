import { NARRATOR, type Aspect, type Film, type Line, type NodeId, type Recipe, type Transition } from "../film.ts";
import type { ShotLength, SpokenLine } from "./picture.ts";
import { derivedRecipe, nodeId } from "./recipe.ts";

export type SequenceLine = SpokenLine & { /** Frames by which it starts later than its shot would have it. */ offset: number };

/** One picture in the film's order, with the lines that start in it. */
export type SequenceEntry = { picture: NodeId; scene: string | null; lines: SequenceLine[]; trimStart: number; trimEnd: number; transition: Transition };

/** Music over the film (scene null) or a scene; without a cue it is a scene that stays without music. */
export type SequenceMusic = { cue: NodeId | null; scene: string | null };

/** The order of things in a film, without their lengths: those come from takes. */
export type Sequence = { entries: SequenceEntry[]; music: SequenceMusic[] };

export type CutParams = Sequence & {
  title: string;
  aspect: Aspect;
  language: string;
  /** Gain in dB. */
  levels: { voice: number; music: number };
  captions: NodeId | null;
};

/** A caption's entry knows its length from the shot's lines; where it is null, from the picture's own take. */
export type CaptionEntry = SequenceEntry & { length: ShotLength | null };

/** `name` is empty where nobody needs to be told who speaks. */
export type CaptionLine = { line: string; name: string; text: string };

export type CaptionsParams = { language: string; entries: CaptionEntry[]; lines: CaptionLine[] };

/** `animatic` and `cut`: the edit list is their parameter. */
export function cutRecipe(film: Film, input: { tool: "animatic" | "cut"; sequence: Sequence; captions: NodeId | null }): Recipe {
  const { tool, sequence, captions } = input;
  const { voice, music } = film.editList.levels;
  const params: CutParams = { ...sequence, title: film.title, aspect: film.aspect, language: film.language, levels: { voice, music }, captions };
  return derivedRecipe(tool, params);
}

/** The captions of a sequence. */
export function captionsRecipe(film: Film, entries: CaptionEntry[]): Recipe {
  const byId = new Map(film.lines.map((line) => [line.id, line]));
  const spoken = entries.flatMap((entry) => entry.lines.flatMap(({ line }) => byId.get(line) ?? []));
  const lines: CaptionLine[] = spoken.map((line) => ({ line: line.id, name: nameShown(film, line), text: line.text }));
  const params: CaptionsParams = { language: film.language, entries, lines };
  return derivedRecipe("captions", params);
}

function nameShown(film: Film, line: Line): string {
  if (line.character === NARRATOR || (line.delivery === "on-screen" && !line.dual)) return "";
  return film.characters.find(({ id }) => id === line.character)?.name ?? "";
}

/** What plays under the film: a scene's own cue takes the place of the film's, and `none` keeps it silent. Of several cues the first counts. */
export function musicOf(film: Film, entries: SequenceEntry[]): SequenceMusic[] {
  const scenes = new Set(entries.map(({ scene }) => scene));
  const first = film.cues.filter((cue, at) => film.cues.findIndex((other) => other.scene === cue.scene) === at);
  const heard = first.filter((cue) => (cue.scene === null ? cue.mood !== "none" : scenes.has(cue.scene)));
  return heard.map((cue) => ({ cue: cue.mood === "none" ? null : nodeId("music", cue.id), scene: cue.scene }));
}
