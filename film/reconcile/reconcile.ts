import { type Breakdown, breakDown, hashOf, nameKey } from "../breakdown/index.ts";
import type { Film, Line, Scene, Shot } from "../film.ts";
import type { FountainDocument } from "../fountain/index.ts";
import { sceneNumbers, slate } from "../shots/index.ts";
import { reconcileCast, reconcileLocations } from "./cast.ts";
import { type Draft, draftFilm } from "./draft.ts";
import { matchLines } from "./lines.ts";
import { type NewId, newFilm } from "./new-film.ts";
import { matchScenes, memoryOf } from "./scenes.ts";
import { type WantedShot, matchShots, renewShot } from "./shots.ts";

/** A script that has been read. `hash` is the SHA-256 of its text. */
export interface ReadScript {
  hash: string;
  document: FountainDocument;
  newId: NewId;
}

/** The most of each that an archive keeps; the oldest go first. */
const ARCHIVE_MAX = 5000;

/**
 * The next version of a film for a script. Scenes, lines and shots keep their ids where their content is the same or alike, wherever it
 * stands now; edits go with them. What the script no longer has is archived, and comes back with its id and edits when its text does.
 */
export function reconcile(previous: Film | null, { hash, document, newId }: ReadScript): Film {
  const film = previous ?? newFilm({ title: "", style: "cinematic", aspect: "16:9", language: "en", seed: hashOf(hash, 0), newId });
  const settled = new Map([...(film.archived.characters ?? []), ...film.characters].map(({ name, look, voice }) => [nameKey(name), { look, voice }]));
  const breakdown = breakDown(document, { seed: film.seed, settled });
  const draft = draftFilm(breakdown, film.seed);
  const memory = memoryOf(film);

  const scenesBefore = matchScenes(film, memory, draft);
  const sceneIds = scenesBefore.map((scene) => scene?.id ?? newId("scene"));
  const linesBefore = matchLines(film, { memory, draft, sceneIds });
  const lineIds = linesBefore.map((line) => line?.id ?? newId("line"));
  const cast = reconcileCast(film, { draft, lines: linesBefore, scenes: scenesBefore, newId });
  const places = reconcileLocations(film, { draft, lines: linesBefore, scenes: scenesBefore, newId });

  const lines = buildLines(draft, { sceneIds, lineIds, idOf: cast.idOf });
  const wanted = wantedShots(draft, { sceneIds, lineIds, idOf: cast.idOf });
  const shotsBefore = matchShots(film, memory, wanted);
  const characters = new Set(cast.characters.map(({ id }) => id));
  const renewed = wanted.map((shot, index) => renewShot(shotsBefore[index] ?? null, { wanted: shot, id: shotsBefore[index]?.id ?? newId("shot"), characters }));
  const removed = new Map(shotsBefore.flatMap((shot) => (shot?.removed === undefined ? [] : [[shot.id, shot.removed]])));
  const shots = arrangeShots(film, { sceneIds, lineIds: new Set(lineIds), renewed, removed });
  const scenes = buildScenes(draft, { sceneIds, lines, shots, idOf: cast.idOf });
  number(scenes, shots);

  const next: Film = { ...film, version: film.version + 1, script: hash, scenes, lines, shots, characters: cast.characters, locations: places.locations, archived: film.archived };
  next.archived = archive(film, { next, tombstones: renewed.filter(({ id }) => removed.has(id)).map((shot) => ({ ...shot, removed: removed.get(shot.id) ?? film.version })) });
  next.archived.characters = cast.archived.slice(-ARCHIVE_MAX);
  next.archived.locations = places.archived.slice(-ARCHIVE_MAX);
  return film.script === null ? firstReading(next, breakdown) : next;
}

/** What only the first script decides: title, cards and mood, unless a person has set them. */
function firstReading(film: Film, breakdown: Breakdown): Film {
  const title = film.title === "" ? (breakdown.title ?? "Untitled") : film.title;
  const author = breakdown.author === null ? "" : `by ${breakdown.author}`;
  return {
    ...film,
    title,
    cues: film.cues.map((cue) => (cue.mood === "calm" ? { ...cue, mood: breakdown.mood } : cue)),
    titles: film.titles.map((card) => (card.role === "opening" ? { ...card, title: card.title === "" ? title : card.title, subtitle: card.subtitle === "" ? author : card.subtitle } : card)),
  };
}

interface Ids {
  sceneIds: string[];
  lineIds: string[];
  idOf: (name: string) => string;
}

function buildLines(draft: Draft, { sceneIds, lineIds, idOf }: Ids): Line[] {
  let at = 0;
  return draft.scenes.flatMap(({ lines }, index) =>
    lines.map(({ speaker, beat }): Line => {
      const { text, parenthetical, delivery, dual, source } = beat;
      at += 1;
      return { id: lineIds[at - 1] ?? "", scene: sceneIds[index] ?? "", character: idOf(speaker), text, parenthetical, delivery, dual, source };
    }),
  );
}

function wantedShots(draft: Draft, { sceneIds, lineIds, idOf }: Ids): WantedShot[] {
  let offset = 0;
  return draft.scenes.flatMap(({ lines, shots }, index) => {
    const from = offset;
    offset += lines.length;
    return shots.map((shot) => ({ ...shot, scene: sceneIds[index] ?? "", cast: shot.cast.map(idOf), lines: shot.lines.map((line) => lineIds[from + line] ?? "") }));
  });
}

/** Shots in order: the script's, without those that a person took out, and with those that a person added after the shot that they followed. */
function arrangeShots(film: Film, { sceneIds, lineIds, renewed, removed }: { sceneIds: string[]; lineIds: ReadonlySet<string>; renewed: Shot[]; removed: ReadonlyMap<string, number> }): Shot[] {
  const present = new Set(sceneIds);
  const before = new Map([...film.archived.shots, ...film.shots].map((shot) => [shot.id, shot]));
  const order = new Map([...film.archived.scenes, ...film.scenes].map(({ id, shots }) => [id, shots]));
  const added = new Map<string, Shot[]>();
  for (const shot of before.values()) {
    if (shot.added === undefined || shot.removed !== undefined || !present.has(shot.scene)) continue;
    const kept = shot.lines.filter((line) => lineIds.has(line));
    if (shot.lines.length > 0 && kept.length === 0) continue;
    added.set(shot.scene, [...(added.get(shot.scene) ?? []), { ...shot, lines: kept }]);
  }
  const byScene = Map.groupBy(renewed, ({ scene }) => scene);
  const claimed = new Set([...added.values()].flat().flatMap(({ lines }) => lines));
  return sceneIds.flatMap((scene) => {
    const own = (byScene.get(scene) ?? []).map((shot) => ({ ...shot, lines: shot.lines.filter((line) => !claimed.has(line)) }));
    const standing = withoutRemoved(own, removed);
    for (const shot of added.get(scene) ?? []) {
      const sequence = order.get(scene) ?? [];
      const earlier = sequence.slice(0, Math.max(0, sequence.indexOf(shot.id))).toReversed();
      const anchor = earlier.map((id) => standing.findIndex((other) => other.id === id)).find((index) => index >= 0);
      standing.splice(anchor === undefined ? (sequence.includes(shot.id) ? 0 : standing.length) : anchor + 1, 0, shot);
    }
    return standing;
  });
}

/** Leaves out removed shots; what is spoken in them is heard over the shot before, or after. A scene that would lose all its shots keeps the first. */
function withoutRemoved(own: Shot[], removed: ReadonlyMap<string, number>): Shot[] {
  const kept = own.filter(({ id }) => !removed.has(id));
  if (kept.length === 0) return own.slice(0, 1).map((shot) => ({ ...shot, lines: own.flatMap(({ lines }) => lines) }));
  const pending: string[] = [];
  let last: Shot | undefined;
  for (const shot of own) {
    if (removed.has(shot.id)) {
      (last?.lines ?? pending).push(...shot.lines);
      continue;
    }
    shot.lines = [...pending.splice(0), ...shot.lines];
    last = shot;
  }
  return kept;
}

function buildScenes(draft: Draft, { sceneIds, lines, shots, idOf }: { sceneIds: string[]; lines: Line[]; shots: Shot[]; idOf: (name: string) => string }): Scene[] {
  const lineIds = Map.groupBy(lines, ({ scene }) => scene);
  const shotIds = Map.groupBy(shots, ({ scene }) => scene);
  return draft.scenes.map(({ scene }, index): Scene => {
    const { heading, number: given, setting, place, timeOfDay, weather, synopsis, props, seconds, source } = scene;
    const id = sceneIds[index] ?? "";
    return {
      id, heading, number: given, setting, place, timeOfDay, weather, synopsis, props, seconds, source,
      cast: [...new Set(scene.cast.map(idOf))],
      wardrobe: scene.wardrobe.map(({ character, item }) => ({ character: character === null ? null : idOf(character), item })),
      lines: (lineIds.get(id) ?? []).map((line) => line.id),
      shots: (shotIds.get(id) ?? []).map((shot) => shot.id),
    };
  });
}

/** Gives every shot its slate number. */
export function number(scenes: readonly Scene[], shots: readonly Shot[]): void {
  const numbers = sceneNumbers(scenes);
  const byId = new Map(shots.map((shot) => [shot.id, shot]));
  for (const [index, scene] of scenes.entries()) {
    for (const [place, id] of scene.shots.entries()) {
      const shot = byId.get(id);
      if (shot) shot.number = slate(numbers[index] ?? "", place);
    }
  }
}

/** What was archived and has not come back, and what stood in the film and is no longer in it. */
function archive(film: Film, { next, tombstones }: { next: Film; tombstones: Shot[] }): Film["archived"] {
  const keep = <Item extends { id: string }>(archived: Item[], standing: Item[], now: Item[]): Item[] => {
    const here = new Set(now.map(({ id }) => id));
    return [...new Map([...archived, ...standing].filter(({ id }) => !here.has(id)).map((item) => [item.id, item])).values()].slice(-ARCHIVE_MAX);
  };
  const buried = new Set(tombstones.map(({ id }) => id));
  const standing = new Set(next.shots.map(({ id }) => id));
  const shots = keep(film.archived.shots, film.shots, next.shots).filter(({ id }) => !buried.has(id));
  return { scenes: keep(film.archived.scenes, film.scenes, next.scenes), lines: keep(film.archived.lines, film.lines, next.lines), shots: [...shots, ...tombstones.filter(({ id }) => !standing.has(id))] };
}

