import type { z } from "zod";
import type { CharacterLook, Film, Shot } from "#film/film.ts";
import { FRAME_RATE } from "#film/film.ts";
import { entriesOf } from "#film/recipes/order.ts";
import type { Breakdown, CharacterView, EditListView, LineView, Shots, ShotView } from "../contract.ts";

/** What the script asks for: scenes, people, places and things. */
export function toBreakdown(project: string, film: Film): Breakdown {
  const scenesWith = (has: (scene: Film["scenes"][number]) => boolean): string[] => film.scenes.filter(has).map(({ id }) => id);
  const props = [...new Set(film.scenes.flatMap((scene) => scene.props))];
  const garments = new Map(film.scenes.flatMap(({ wardrobe }) => wardrobe).map((garment) => [`${garment.character}\n${garment.item}`, garment]));
  return {
    object: "breakdown", project, filmVersion: film.version,
    scenes: film.scenes.map((scene) => ({ ...scene, lines: scene.lines.length })),
    characters: film.characters.map((character) => toCharacter(film, character)),
    locations: film.locations.map(({ id, name }) => ({ id, name, scenes: scenesWith(({ place }) => place.toUpperCase() === name.toUpperCase()) })),
    props: props.map((name) => ({ name, scenes: scenesWith((scene) => scene.props.includes(name)) })),
    wardrobe: [...garments.values()].map(({ item, character }) => ({ item, character, scenes: scenesWith(({ wardrobe }) => wardrobe.some((worn) => worn.item === item && worn.character === character)) })),
    seconds: film.scenes.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

function toCharacter(film: Film, { id, name, aliases, voice, description, look, lines }: Film["characters"][number]): z.infer<typeof CharacterView> {
  const { presents, hair, hairStyle, skin, top, bottom, height, build }: CharacterLook = look;
  return { id, name, aliases, voice, description, lines, look: { presents, hair, hairStyle, skin, top, bottom, height, build }, scenes: film.scenes.filter(({ cast }) => cast.includes(id)).map((scene) => scene.id) };
}

/** The shots in the order of the script. */
export function toShots(project: string, film: Film): z.infer<typeof Shots> {
  const lines = linesById(film);
  return { object: "shots", project, filmVersion: film.version, data: film.shots.map((shot) => toShot(shot, lines)) };
}

export const linesById = (film: Film): Map<string, Film["lines"][number]> => new Map(film.lines.map((line) => [line.id, line]));

export function toShot(shot: Shot, lines: ReadonlyMap<string, Film["lines"][number]>): ShotView {
  const { id, scene, number, description, framing, cameraMove, cast, props, seconds, source } = shot;
  const spoken = shot.lines.flatMap((line): z.infer<typeof LineView>[] => {
    const found = lines.get(line);
    if (!found) return [];
    const { character, text, parenthetical, delivery, dual } = found;
    return [{ id: line, character, text, parenthetical, delivery, dual }];
  });
  return { id, scene, number, description, framing, cameraMove, cast, props, seconds, lines: spoken, edited: Object.keys(shot.edited), source };
}

/** The edit as it stands: every shot and card, in the order of the film. Lengths that a voice decides are not known here. */
export function toEditList(project: string, film: Film): z.infer<typeof EditListView> {
  const shots = new Map(film.shots.map((shot) => [shot.id, shot]));
  const cards = new Map(film.titles.map((card) => [card.id, card]));
  const { levels, offsets } = film.editList;
  return {
    object: "edit_list", project, filmVersion: film.version, levels, offsets, cues: film.cues, titles: film.titles,
    entries: entriesOf(film).map((entry) => {
      const shot = shots.get(entry.id);
      const seconds = shot ? (shot.lines.length === 0 ? shot.seconds : null) : (cards.get(entry.id)?.seconds ?? null);
      return { ...entry, label: shot?.number ?? cards.get(entry.id)?.title ?? "", frames: seconds === null ? null : Math.round(seconds * FRAME_RATE) };
    }),
  };
}
