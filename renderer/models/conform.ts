import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { aspects } from "../../film/film.ts";
import { isSilent, MOST_GAIN_DB } from "../../film/loudness.ts";
import { padWav } from "../audio/wav.ts";
import { conformAudio, conformVideo } from "../media/conform.ts";
import { FRAME_RATE } from "../media/encode.ts";
import { inspect, type MediaClaims, mediaKinds, MOST_SECONDS, refuseDamaged } from "../media/inspect.ts";
import { reported } from "../media/level.ts";
import { conformPanel } from "../media/panel.ts";
import { levelWav, wavLoudness } from "../media/wav-loudness.ts";
import { defineModel, InputError, type OutputValue, type RunContext, SIZES } from "../model.ts";

const RATE = 48_000;
const MOST_FRAMES = MOST_SECONDS * FRAME_RATE;
/** A video may be so much shorter than it should be: vendors sell whole seconds, and round them in their own way. */
const MOST_STANDING = FRAME_RATE;

const word = z.object({ text: z.string().max(1000), start: z.number().min(0), end: z.number().min(0) });

const input = z.object({
  file: z.url({ protocol: /^https?$/ }).max(4000),
  kind: z.enum(mediaKinds),
  aspect: z.enum(aspects).default("16:9"),
  frames: z.int().min(1).max(MOST_FRAMES).nullable().default(null).describe("of a video: exactly so many"),
  lufs: z.number().min(-50).max(-5).nullable().default(null).describe("of a sound: as loud as it should be; null: as loud as it is"),
  channels: z.union([z.literal(1), z.literal(2)]).default(1).describe("of a sound"),
  words: z.array(word).max(20_000).nullable().default(null).describe("of a sound: what is said in it, when, in seconds"),
});

type Wanted = z.output<typeof input>;

/** What another provider made, as a film needs it. Unlike `ingest`, it knows what was ordered, and refuses what is something else. */
export const conform = defineModel({
  name: "conform",
  description: "A video, sound or picture of another provider, conformed to the film: 24 fps, the film's size and encoding and the ordered length, 48 kHz sound with timings, PNG.",
  input,
  run: async (wanted, ctx) => {
    ctx.progress(2, "fetching the file");
    const path = await ctx.fetchFile(wanted.file);
    const claims = await inspect(path, wanted.kind);
    ctx.signal.throwIfAborted();
    if (wanted.kind === "video") return conformedVideo(path, { ...wanted, claims }, ctx);
    return wanted.kind === "audio" ? conformedAudio(path, wanted, ctx) : conformedPicture(path, { ...wanted, claims }, ctx);
  },
});

async function conformedVideo(path: string, { aspect, frames: exactly, claims }: Wanted & { claims: MediaClaims }, ctx: RunContext): Promise<{ [key: string]: OutputValue }> {
  if (claims.still) throw new InputError("the file is a picture, not a video");
  const video = join(ctx.dir, "video.mp4");
  const expected = exactly ?? Math.max(1, (claims.seconds ?? MOST_SECONDS) * FRAME_RATE);
  const { frames } = await conformVideo(path, video, { ...SIZES[aspect], fit: "cover", frames: exactly === null ? { atMost: MOST_FRAMES } : { exactly, standing: MOST_STANDING } }, (done) => {
    ctx.signal.throwIfAborted();
    ctx.progress(5 + (90 * done) / expected, "conforming the picture");
  });
  const seconds = frames / FRAME_RATE;
  if (exactly === null) refuseDamaged(claims, seconds);
  return { video: { file: video }, frames, seconds };
}

async function conformedAudio(path: string, { channels, lufs, words }: Wanted, ctx: RunContext): Promise<{ [key: string]: OutputValue }> {
  const audio = join(ctx.dir, "audio.wav");
  const timings = join(ctx.dir, "timings.json");
  ctx.progress(20, "conforming the sound");
  const decoded = lufs === null ? audio : join(ctx.dir, "decoded.wav");
  const sound = await conformAudio(path, decoded, channels, MOST_SECONDS);
  if (!sound) throw new InputError("the file has no sound that can be decoded");
  ctx.progress(50, "setting the loudness");
  const measured = await wavLoudness(decoded);
  if (isSilent(measured)) throw new InputError("the sound is silent: nothing can be heard in it");
  ctx.signal.throwIfAborted();
  if (lufs !== null && lufs - measured.integratedLufs > MOST_GAIN_DB) throw new InputError(`the sound is too quiet: it is at ${reported(measured).integratedLufs} LUFS, and as loud as it should be there would be only noise`);
  const loudness = lufs === null ? measured : await levelWav(decoded, audio, { lufs, measured });
  ctx.signal.throwIfAborted();
  const frames = Math.max(1, Math.ceil((sound.samples / RATE) * FRAME_RATE));
  padWav(audio, { rate: RATE, channels }, { from: sound.samples, to: (frames * RATE) / FRAME_RATE });
  const seconds = frames / FRAME_RATE;
  const within = (time: number): number => Math.min(time, seconds);
  const clipped = (words ?? []).map(({ text, start, end }) => ({ text, start: within(start), end: within(Math.max(start, end)) }));
  writeFileSync(timings, JSON.stringify({ words: clipped, seconds }));
  return { audio: { file: audio }, timings: { file: timings }, seconds, frames, ...reported(loudness) };
}

async function conformedPicture(path: string, { aspect, claims }: Wanted & { claims: MediaClaims }, ctx: RunContext): Promise<{ [key: string]: OutputValue }> {
  if (claims.moving) throw new InputError("the file is a video, not a picture");
  ctx.progress(30, "conforming the picture");
  const panel = join(ctx.dir, "panel.png");
  await conformPanel(path, panel, { size: SIZES[aspect], fit: "cover" });
  return { panel: { file: panel } };
}
