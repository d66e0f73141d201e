import type { Aspect, Film, Style } from "../film.ts";

/** Makes ids: injected, since nothing here may be random. */
export type NewId = (prefix: "scene" | "line" | "shot" | "char" | "loc" | "cue" | "title") => string;

export interface NewFilm {
  title: string;
  style: Style;
  aspect: Aspect;
  language: string;
  seed: number;
  newId: NewId;
}

/** A film without a script: its title cards, one cue for the whole of it, and nothing between. */
export function newFilm({ title, style, aspect, language, seed, newId }: NewFilm): Film {
  return {
    version: 1,
    title,
    style,
    aspect,
    language,
    seed,
    script: null,
    scenes: [],
    lines: [],
    shots: [],
    characters: [],
    locations: [],
    cues: [{ id: newId("cue"), mood: "calm", scene: null }],
    titles: [
      { id: newId("title"), role: "opening", title, subtitle: "", seconds: 3 },
      { id: newId("title"), role: "ending", title: "The End", subtitle: "", seconds: 2.5 },
    ],
    editList: { entries: [], levels: { voice: 0, music: 0, sound: 0 }, offsets: {} },
    choices: {},
    archived: { scenes: [], lines: [], shots: [] },
  };
}
