import { seedFrom } from "../hash.ts";
import { NARRATOR, type Aspect, type CharacterLook, type Film, type Framing, type Recipe, type Scene, type Setting, type Shot, type Style, type TimeOfDay, type Weather } from "../film.ts";
import { derivedRecipe } from "./recipe.ts";

type Drawn = { id: string; name: string; look: { [field in keyof CharacterLook]: CharacterLook[field] } };

export type FrameParams = {
  description: string;
  framing: Framing;
  setting: Setting;
  place: string;
  timeOfDay: TimeOfDay;
  weather: Weather;
  style: Style;
  aspect: Aspect;
  cast: Drawn[];
  props: string[];
  seed: number;
};

/** Everything that the drawing of a shot needs. A scene that names no setting or time is drawn as an interior by day. */
export function frameRecipe(film: Film, scene: Scene | undefined, shot: Shot): Recipe {
  const params: FrameParams = {
    description: shot.description,
    framing: shot.framing,
    setting: scene?.setting ?? "interior",
    place: scene?.place ?? "",
    timeOfDay: scene?.timeOfDay ?? "day",
    weather: scene?.weather ?? "clear",
    style: film.style,
    aspect: film.aspect,
    cast: drawnCast(film, shot),
    props: shot.props,
    seed: seedFrom(film.seed, "frame", shot.id),
  };
  return derivedRecipe("frame", params, film.wishes?.frame);
}

function drawnCast(film: Film, shot: Shot): Drawn[] {
  const present = shot.cast.map((id) => film.characters.find((character) => character.id === id));
  return present.flatMap((character) => (character && character.id !== NARRATOR ? [{ id: character.id, name: character.name, look: { ...character.look } }] : []));
}
