import { seedFrom } from "../hash.ts";
import type { Aspect, Cue, Film, MusicMood, Recipe, Style, TitleCard } from "../film.ts";
import { framesOf } from "./picture.ts";
import { derivedRecipe } from "./recipe.ts";

/** Length of a music bed; it loops without a seam. */
export const MUSIC_SECONDS = 48;

/** Length of a muted preview. */
export const PREVIEW_SECONDS = 5;

export type TitleParams = { title: string; subtitle: string; role: TitleCard["role"]; frames: number; style: Style; aspect: Aspect; seed: number };

export type MusicParams = { mood: MusicMood; seconds: number; seed: number };

/** A title card's clip. */
export function titleRecipe(film: Film, card: TitleCard): Recipe {
  const { title, subtitle, role } = card;
  const params: TitleParams = { title, subtitle, role, frames: framesOf(card.seconds), style: film.style, aspect: film.aspect, seed: seedFrom(film.seed, "title", card.id) };
  return derivedRecipe("title", params);
}

/** A cue's music. */
export function musicRecipe(film: Film, cue: Cue): Recipe {
  const params: MusicParams = { mood: cue.mood, seconds: MUSIC_SECONDS, seed: seedFrom(film.seed, "music", cue.id) };
  return derivedRecipe("music", params, film.wishes?.music);
}

/** The still that stands for the film. */
export const posterRecipe = (film: Film): Recipe => derivedRecipe("poster", { aspect: film.aspect });

/** The muted excerpt and the seek bar's sprite. */
export const previewRecipe = (): Recipe => derivedRecipe("preview", { seconds: PREVIEW_SECONDS });
