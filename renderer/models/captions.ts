import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { captionCues, type SpokenCaption, webVtt } from "../../film/captions.ts";
import { defineModel, InputError } from "../model.ts";

const line = z.object({
  character: z.string().max(200),
  text: z.string().min(1).max(5000),
  startFrame: z.int().min(0).max(10_000_000),
  timings: z.url({ protocol: /^https?$/ }).max(4000),
});

const timingsSchema = z.object({
  words: z.array(z.object({ text: z.string(), start: z.number().min(0), end: z.number().min(0) })).max(20_000),
  seconds: z.number().min(0),
});

/** Captions out of what was spoken, when. */
export const captions = defineModel({
  name: "captions",
  description: "WebVTT captions from lines and their word timings: at most 42 characters a line and 17 a second.",
  input: z.object({ lines: z.array(line).max(5000), language: z.string().max(35).default("en") }),
  run: async ({ lines }, ctx) => {
    const spoken: SpokenCaption[] = [];
    for (const [n, { character, text, startFrame, timings }] of lines.entries()) {
      spoken.push({ name: character, text, startFrame, ...readTimings(await ctx.fetchFile(timings), n) });
      ctx.progress((90 * (n + 1)) / lines.length, "reading timings");
    }
    const cues = captionCues(spoken);
    const path = join(ctx.dir, "captions.vtt");
    writeFileSync(path, webVtt(cues));
    return { captions: { file: path }, cues: cues.length };
  },
});

function readTimings(path: string, n: number): z.output<typeof timingsSchema> {
  try {
    return timingsSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    throw new InputError(`the timings of line ${n + 1} are not {words: [{text, start, end}], seconds}`);
  }
}
