import { canonicalJson } from "../canonical.ts";
import type { Film, NodeId, Recipe, Shot } from "../film.ts";
import { musicRecipe, posterRecipe, previewRecipe, titleRecipe } from "../recipes/extras.ts";
import { frameRecipe } from "../recipes/frame.ts";
import { entriesOf, linesByShot } from "../recipes/order.ts";
import { pictureRecipe, type PictureParams, type ShotLength } from "../recipes/picture.ts";
import { nodeId, partsOf, recipeHash } from "../recipes/recipe.ts";
import { captionsRecipe, cutRecipe, musicOf, type CaptionEntry, type Sequence, type SequenceEntry } from "../recipes/sequence.ts";
import { castVoices, voiceRecipe } from "../recipes/voice.ts";

/** The recipes of a film's nodes. `roots` are the nodes that its present entries need. */
export interface Recipes {
  roots: NodeId[];
  /** As the film alone says it; null for a node that it does not have. */
  derived(id: NodeId): Recipe | null;
  /** The choice where one holds, else the derived recipe. */
  effective(id: NodeId): Recipe | null;
}

/** Which pictures a film is put together from: slated moves or clean clips. */
export type Picture = "move" | "clip";

interface Scope {
  film: Film;
  entries: SequenceEntry[];
  effective(id: NodeId): Recipe | null;
}

/** The recipes of a film, each worked out once. */
export function recipesOf(film: Film): Recipes {
  const derivedById = new Map<NodeId, Recipe | null>();
  const lookup = recipeLookup(film, (id) => effective(id));
  const derived = (id: NodeId): Recipe | null => {
    const known = derivedById.get(id);
    if (known !== undefined) return known;
    const recipe = lookup(id);
    derivedById.set(id, recipe);
    return recipe;
  };
  const effective = (id: NodeId): Recipe | null => {
    const choice = film.choices[id];
    const own = derived(id);
    if (!choice) return own;
    return choice.base === null || own === null || choice.base === recipeHash(own) ? choice.recipe : own;
  };
  return { roots: rootsOf(film), derived, effective };
}

function rootsOf(film: Film): NodeId[] {
  const entries = sequenceEntries(film, "move");
  if (entries.length === 0) return [];
  const shots = entries.map(({ picture }) => partsOf(picture)).filter(({ kind }) => kind !== "title");
  return [
    ...entries.flatMap(({ lines }) => lines.map(({ line }) => nodeId("voice", line))),
    ...shots.flatMap(({ subject }) => [nodeId("frame", subject), nodeId("move", subject), nodeId("clip", subject)]),
    nodeId("animatic", "film"),
    nodeId("poster", "film"),
    nodeId("preview", "film"),
  ];
}

function recipeLookup(film: Film, effective: Scope["effective"]): (id: NodeId) => Recipe | null {
  const cast = castVoices(film);
  const spoken = linesByShot(film);
  const shots = new Map([...film.archived.shots, ...film.shots].map((shot) => [shot.id, shot]));
  const lines = new Map([...film.archived.lines, ...film.lines].map((line) => [line.id, line]));
  const scenes = new Map([...film.archived.scenes, ...film.scenes].map((scene) => [scene.id, scene]));
  const ofShot = (id: string, make: (shot: Shot) => Recipe): Recipe | null => {
    const shot = shots.get(id);
    return shot ? make(shot) : null;
  };
  return (id) => {
    const { kind, subject } = partsOf(id);
    switch (kind) {
      case "voice": {
        const line = lines.get(subject);
        return line ? voiceRecipe(film, cast, line) : null;
      }
      case "frame":
        return ofShot(subject, (shot) => frameRecipe(film, scenes.get(shot.scene), shot));
      case "move":
      case "clip":
        return ofShot(subject, (shot) => pictureRecipe(film, scenes.get(shot.scene), { tool: kind, shot, lines: spoken.get(subject) ?? [] }));
      case "title": {
        const card = film.titles.find((title) => title.id === subject);
        return card ? titleRecipe(film, card) : null;
      }
      case "music": {
        const cue = film.cues.find((other) => other.id === subject);
        return cue && cue.mood !== "none" ? musicRecipe(film, cue) : null;
      }
      default:
        return wholeFilmRecipe(film, effective, id);
    }
  };
}

function wholeFilmRecipe(film: Film, effective: Scope["effective"], id: NodeId): Recipe | null {
  const { kind, subject } = partsOf(id);
  const scope = (picture: Picture): Scope => ({ film, effective, entries: sequenceEntries(film, picture) });
  if (kind === "captions") {
    const entries = captionEntries(scope(subject === "cut" ? "clip" : "move"));
    return entries.some(({ lines }) => lines.length > 0) ? captionsRecipe(film, entries) : null;
  }
  if (subject !== "film" || scope("move").entries.length === 0) return null;
  switch (kind) {
    case "animatic":
      return cutRecipe(film, { tool: "animatic", sequence: sequenceOf(film, "move"), captions: captionsFor(scope("move"), nodeId("captions", "film")) });
    case "cut":
      return cutRecipe(film, { tool: "cut", sequence: sequenceOf(film, "clip"), captions: captionsOfCut(scope("move"), scope("clip")) });
    case "poster":
      return posterRecipe(film);
    case "preview":
      return previewRecipe();
    default:
      return null;
  }
}

/** The order of the film's pictures, lines and music, omitted entries left out. */
export function sequenceOf(film: Film, picture: Picture): Sequence {
  const entries = sequenceEntries(film, picture);
  return { entries, music: musicOf(film, entries) };
}

function sequenceEntries(film: Film, picture: Picture): SequenceEntry[] {
  const shots = new Map(film.shots.map((shot) => [shot.id, shot]));
  const spoken = linesByShot(film);
  const present = entriesOf(film).filter(({ omitted }) => !omitted);
  return present.map(({ id, trimStart, trimEnd, transition }) => {
    const shot = shots.get(id);
    const lines = (spoken.get(id) ?? []).map((line) => ({ ...line, offset: film.editList.offsets[line.line] ?? 0 }));
    return shot
      ? { picture: pictureOf(film, id, picture), scene: shot.scene, lines, trimStart, trimEnd, transition }
      : { picture: nodeId("title", id), scene: null, lines: [], trimStart, trimEnd, transition };
  });
}

/** Footage that people bring for a shot is shown in the animatic too. */
function pictureOf(film: Film, shot: string, picture: Picture): NodeId {
  const clip = nodeId("clip", shot);
  return film.choices[clip]?.recipe.tool === "upload" ? clip : nodeId(picture, shot);
}

function captionEntries({ entries, effective }: Scope): CaptionEntry[] {
  return entries.map((entry) => ({ ...entry, length: lengthOf(effective(entry.picture)) }));
}

function lengthOf(picture: Recipe | null): ShotLength | null {
  if (picture === null || picture.tool === "upload") return null;
  if (picture.tool === "title") return { leastFrames: picture.params["frames"] as number, lines: [] };
  const { leastFrames, lines } = picture.params as unknown as PictureParams;
  return { leastFrames, lines };
}

function captionsFor({ entries }: Scope, id: NodeId): NodeId | null {
  return entries.some(({ lines }) => lines.length > 0) ? id : null;
}

/** The cut shares the animatic's captions unless its clips have other lengths, as where an older clip was put back. */
function captionsOfCut(moves: Scope, clips: Scope): NodeId | null {
  const lengths = (scope: Scope) => canonicalJson(captionEntries(scope).map(({ length }) => length));
  return captionsFor(clips, nodeId("captions", lengths(moves) === lengths(clips) ? "film" : "cut"));
}
