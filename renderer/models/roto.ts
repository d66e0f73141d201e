import { join } from "node:path";
import { z } from "zod";
import { findBackground } from "../keying/background.ts";
import { apply, colorKey, differenceKey, type Key, tidied } from "../keying/matte.ts";
import { conformedPictures } from "../media/conform.ts";
import { FRAME_RATE, openVideoEncoder } from "../media/encode.ts";
import { MOST_SECONDS } from "../media/inspect.ts";
import { fetchFootage, fileUrl, type Footage } from "../media/rework.ts";
import { defineModel, InputError, type RunContext } from "../model.ts";

const CRF = 18;
/** Fifteen pictures of this size lie in memory while the background is looked for. */
const LONGEST_SIDE = 1920;
/** What differs from its background over more than this of the picture, or by more than grain does, has none that stands still. */
const MOST_COVERAGE = 0.75;
const MOST_NOISE = 10;
const MOVING = "the background does not stand still: give the colour of a screen, or a video of a camera that does not move";

/** What stands before a coloured screen, or before what does not move. */
export const roto = defineModel({
  name: "roto",
  description: "Cuts the subject of a video out: from a screen of a given colour, or, without one, from a background that stands still. The subject over black, and its matte in black and white.",
  input: z.object({ video: fileUrl, color: z.string().regex(/^#[0-9a-f]{6}$/i).nullable().default(null).describe("of the screen, as #rrggbb; null: whatever stands still is background") }),
  run: async ({ video, color }, ctx) => {
    const fetched = await fetchFootage(video, ctx);
    const shrink = Math.min(1, LONGEST_SIDE / Math.max(fetched.size.width, fetched.size.height));
    const footage = { ...fetched, size: { width: 2 * Math.round((fetched.size.width * shrink) / 2), height: 2 * Math.round((fetched.size.height * shrink) / 2) } };
    const key = color === null ? await staticKey(footage, ctx) : colorKey([1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)) as [number, number, number]);
    const paths = { video: join(ctx.dir, "subject.mp4"), mask: join(ctx.dir, "mask.mp4") };
    const { frames, coverage } = await cutOut(footage, key, paths, ctx);
    if (color === null && coverage > MOST_COVERAGE) throw new InputError(MOVING);
    return { video: { file: paths.video }, mask: { file: paths.mask }, frames, seconds: frames / FRAME_RATE, coverage: Math.round(coverage * 1000) / 1000 };
  },
});

async function staticKey({ path, size }: Footage, ctx: RunContext): Promise<Key> {
  const { rgb, noise } = await findBackground(path, size, (done, of) => {
    ctx.signal.throwIfAborted();
    ctx.progress(3 + (12 * done) / of, "looking for what stands still");
  });
  ctx.log(`the background differs from itself by ${noise} of 256`);
  if (noise > MOST_NOISE) throw new InputError(MOVING);
  return differenceKey(rgb, noise);
}

async function cutOut({ path, size, frames: expected }: Footage, key: Key, paths: { video: string; mask: string }, ctx: RunContext): Promise<{ frames: number; coverage: number }> {
  const encoders = [await openVideoEncoder({ path: paths.video, ...size, crf: CRF }), await openVideoEncoder({ path: paths.mask, ...size, crf: CRF })] as const;
  const matte = new Uint8ClampedArray(size.width * size.height);
  const shown = new Uint8ClampedArray(size.width * size.height * 4);
  let [frames, covered] = [0, 0];
  try {
    for await (const rgba of conformedPictures(path, { ...size, atMost: MOST_SECONDS * FRAME_RATE })) {
      ctx.signal.throwIfAborted();
      key(rgba, matte);
      covered += apply(tidied(matte, size), rgba, shown);
      await encoders[0].write(rgba);
      await encoders[1].write(shown);
      frames += 1;
      ctx.progress(15 + (83 * Math.min(frames, expected)) / expected, "cutting out");
    }
    for (const encoder of encoders) await encoder.close();
    return { frames, coverage: covered / frames };
  } catch (error) {
    for (const encoder of encoders) await encoder.abandon();
    throw error;
  }
}
