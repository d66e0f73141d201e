import { join } from "node:path";
import { z } from "zod";
import { conformAudio } from "../media/conform.ts";
import { copyVideo } from "../media/copy.ts";
import { inspect, MOST_SECONDS, refuseDamaged } from "../media/inspect.ts";
import { reported } from "../media/level.ts";
import { fileUrl } from "../media/rework.ts";
import { wavLoudness } from "../media/wav-loudness.ts";
import { defineModel, InputError } from "../model.ts";

/** What another provider made, as it was made: for what is ordered by itself, and is for no film's size and rate. */
export const remux = defineModel({
  name: "remux",
  description: "A video as it is coded, in an MP4 that plays while it loads and holds nothing else; of a video or a sound, how loud it is.",
  input: z.object({ file: fileUrl, kind: z.enum(["video", "audio"]) }),
  run: async ({ file, kind }, ctx) => {
    ctx.progress(2, "fetching the file");
    const path = await ctx.fetchFile(file);
    const claims = await inspect(path, kind);
    ctx.progress(20, "listening to it");
    const decoded = join(ctx.dir, "decoded.wav");
    const sound = claims.channels === 0 ? null : await conformAudio(path, decoded, claims.channels === 1 ? 1 : 2, MOST_SECONDS);
    const loudness = sound ? reported(await wavLoudness(decoded)) : {};
    ctx.signal.throwIfAborted();
    if (kind === "audio") {
      if (!sound) throw new InputError("the file has no sound that can be decoded");
      return { seconds: sound.samples / 48_000, ...loudness };
    }
    if (claims.still) throw new InputError("the file is a picture, not a video");
    ctx.progress(60, "writing it anew");
    const video = join(ctx.dir, "video.mp4");
    const { seconds } = await copyVideo(path, video, ctx.signal);
    refuseDamaged(claims, seconds);
    return { video: { file: video }, seconds, ...loudness };
  },
});
