import "../drawing/memory.ts";
import type { Canvas } from "@napi-rs/canvas";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { frameInput } from "../drawing/input.ts";
import { drawPanel } from "../drawing/panel.ts";
import { encodePng } from "../drawing/png.ts";
import { defineModel } from "../model.ts";

/** A drawn storyboard panel and its planes. */
export const frame = defineModel({
  name: "frame",
  description: "Draws a storyboard panel from a shot's description: the set, its light and weather, and the cast, as one picture and as planes for a camera move.",
  input: frameInput,
  async run(input, ctx) {
    ctx.progress(5, "drawing");
    const drawn = drawPanel(input);
    ctx.signal.throwIfAborted();
    ctx.progress(60, "writing the pictures");
    const save = async (name: string, picture: Canvas): Promise<{ file: string }> => {
      const file = join(ctx.dir, name);
      await writeFile(file, await encodePng(picture));
      return { file };
    };
    const panel = await save("panel.png", drawn.panel);
    const planes: { file: string }[] = [];
    for (const [i, plane] of drawn.planes.entries()) planes.push(await save(`plane-${i}.png`, plane));
    return { panel, planes, depths: drawn.depths, overscan: drawn.overscan };
  },
});
