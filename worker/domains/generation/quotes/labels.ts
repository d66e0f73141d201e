import { NARRATOR, type Film, type NodeId } from "#film/film.ts";
import { partsOf } from "#film/recipes/recipe.ts";

/** Names nodes for people: “Voice of Marta, line 3”, “Clip 3B”. */
export function labelsOf(film: Film): (node: NodeId) => string {
  const names = new Map(film.characters.map(({ id, name }) => [id, name]));
  const counts = new Map<string, number>();
  const voices = new Map(film.lines.map(({ id, character }) => {
    const line = (counts.get(character) ?? 0) + 1;
    counts.set(character, line);
    return [id, `Voice of ${character === NARRATOR ? "the narrator" : (names.get(character) ?? "somebody")}, line ${line}`];
  }));
  const numbers = new Map(film.shots.map(({ id, number }) => [id, number]));
  const ofShot: Partial<Record<string, string>> = { frame: "Frame", move: "Camera move", clip: "Clip", sound: "Sound of", sync: "Lip-sync of", grade: "Grade of" };
  const ofFilm: Partial<Record<string, string>> = { captions: "Captions", animatic: "Animatic", cut: "Cut", poster: "Poster", preview: "Preview" };
  return (node) => {
    const { kind, subject } = partsOf(node);
    if (kind === "voice") return voices.get(subject) ?? "Voice of an archived line";
    if (kind === "title") return film.titles.find(({ id }) => id === subject)?.role === "ending" ? "Ending title" : "Opening title";
    if (kind === "music") return `Music, ${film.cues.find(({ id }) => id === subject)?.mood ?? "none"}`;
    const shot = ofShot[kind];
    return shot ? `${shot} ${numbers.get(subject) ?? "an archived shot"}` : (ofFilm[kind] ?? kind);
  };
}
