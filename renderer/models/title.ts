import "../drawing/memory.ts";
import { join } from "node:path";
import { titleInput } from "../drawing/input.ts";
import { filmFrames } from "../drawing/motion/film.ts";
import { openCard, paintCard } from "../drawing/titles/card.ts";
import { defineModel } from "../model.ts";

/** An opening or ending card. */
export const title = defineModel({
  name: "title",
  description: "Sets a title and its subtitle on a card in the film's style, and films it with a slow drift, for exactly so many frames.",
  input: titleInput,
  async run(input, ctx) {
    ctx.progress(1, "setting the type");
    const card = await openCard(input);
    const file = join(ctx.dir, "title.mp4");
    await filmFrames({ view: card.view, crf: 18 }, { path: file, frames: input.frames, signal: ctx.signal, progress: ctx.progress }, (canvas, frame) => paintCard(canvas, card, frame));
    return { video: { file } };
  },
});
