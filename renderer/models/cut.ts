import { cutFilm, cutInput } from "../cut/film.ts";
import { defineModel } from "../model.ts";

/** The finished film. */
export const cut = defineModel({
  name: "cut",
  description: "A film: clips joined without being encoded again, voices and ducked music at -16 LUFS, captions.",
  input: cutInput,
  run: cutFilm,
});
