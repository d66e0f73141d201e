import { join } from "node:path";
import { z } from "zod";
import { InputError, type RunContext } from "../model.ts";
import { conformVideo } from "./conform.ts";
import { FRAME_RATE } from "./encode.ts";
import type { Kernel, Size } from "./fitting.ts";
import { inspect, MOST_SECONDS } from "./inspect.ts";

/** A file's address, as every model takes it. */
export const fileUrl = z.url({ protocol: /^https?$/ }).max(4000);

/** A video that was fetched to be worked on. */
export interface Footage {
  path: string;
  /** The size at which it is shown. */
  size: Size;
  /** Its length as it claims it, in frames; half an hour where it does not say. */
  frames: number;
}

/** Fetches a video and refuses what is none. */
export async function fetchFootage(url: string, ctx: RunContext): Promise<Footage> {
  ctx.progress(2, "fetching the video");
  const path = await ctx.fetchFile(url);
  const { still, size, seconds } = await inspect(path, "video");
  if (still || !size) throw new InputError("the file is a picture, not a video");
  return { path, size, frames: Math.max(1, (seconds ?? MOST_SECONDS) * FRAME_RATE) };
}

/** Films it anew through a chain of filters, in the film's encoding, at 24 fps and without sound. */
export async function rework(footage: Footage, how: { name: string; size: Size; kernel?: Kernel; filters: string; crf: number; step: string; from: number; to: number }, ctx: RunContext): Promise<{ path: string; frames: number }> {
  const path = join(ctx.dir, how.name);
  const { frames } = await conformVideo(footage.path, path, { ...how.size, fit: "cover", kernel: how.kernel ?? "bicubic", filters: how.filters, crf: how.crf, frames: { atMost: MOST_SECONDS * FRAME_RATE } }, (done) => {
    ctx.signal.throwIfAborted();
    ctx.progress(how.from + ((how.to - how.from) * Math.min(done, footage.frames)) / footage.frames, how.step);
  });
  return { path, frames };
}

/** A path inside of a filter's arguments: escaped once for the filter, and once more for the graph that it stands in. */
export const quoted = (path: string): string => path.replaceAll(/[\\':]/g, String.raw`\$&`).replaceAll(/[\\'[\],;]/g, String.raw`\$&`);
