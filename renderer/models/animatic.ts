import { cutFilm, cutInput } from "../cut/film.ts";
import { defineModel } from "../model.ts";

/** The film as a timed storyboard. */
export const animatic = defineModel({
  name: "animatic",
  description: "An animatic: moves joined without being encoded again, voices and ducked music at -16 LUFS, captions.",
  input: cutInput,
  run: cutFilm,
});
