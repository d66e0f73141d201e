import "../drawing/memory.ts";
import { join } from "node:path";
import { clipInput } from "../drawing/input.ts";
import { filmShot, openShot } from "../drawing/motion/film.ts";
import { defineModel } from "../model.ts";

/** The shot of a finished film: clean and finer than a move. */
export const clip = defineModel({
  name: "clip",
  description: "Films a panel's planes without a slate, with finer filtering, breath, light and grain, for exactly so many frames.",
  input: clipInput,
  async run(input, ctx) {
    ctx.progress(1, "opening the pictures");
    const [panel = "", ...planes] = await Promise.all([input.panel, ...input.planes].map((url) => ctx.fetchFile(url)));
    const shot = await openShot(input, { panel, planes }, { fine: true });
    const file = join(ctx.dir, "clip.mp4");
    await filmShot(shot, { path: file, frames: input.frames, slate: null, signal: ctx.signal, progress: ctx.progress });
    return { video: { file } };
  },
});
