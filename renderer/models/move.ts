import "../drawing/memory.ts";
import { join } from "node:path";
import { moveInput } from "../drawing/input.ts";
import { filmShot, openShot } from "../drawing/motion/film.ts";
import { defineModel } from "../model.ts";

/** The shot of an animatic: a camera move over a panel, with its slate. */
export const move = defineModel({
  name: "move",
  description: "Moves a camera over a panel's planes with true parallax, for exactly so many frames, with the shot's number and timecode in the corner.",
  input: moveInput,
  async run(input, ctx) {
    ctx.progress(1, "opening the pictures");
    const [panel = "", ...planes] = await Promise.all([input.panel, ...input.planes].map((url) => ctx.fetchFile(url)));
    const shot = await openShot(input, { panel, planes }, { fine: false });
    const file = join(ctx.dir, "move.mp4");
    await filmShot(shot, { path: file, frames: input.frames, slate: input.slate, signal: ctx.signal, progress: ctx.progress });
    return { video: { file } };
  },
});
