import { join } from "node:path";
import { z } from "zod";
import { SILENCE } from "../../film/loudness.ts";
import { WavReader } from "../audio/wav.ts";
import { LoudnessMeter } from "../media/audio-graph.ts";
import { conformAudio, conformVideo } from "../media/conform.ts";
import { FRAME_RATE, openCodec } from "../media/encode.ts";
import { reported } from "../media/level.ts";
import { InputError, type OutputValue, type RunContext, SIZES } from "../model.ts";
import { readClip } from "./clip.ts";
import { parameterSets } from "./headers.ts";
import { master } from "./master.ts";
import { type Mix, RATE, SAMPLES_PER_FRAME, writeMix } from "./mix.ts";
import { muxFilm } from "./mux.ts";
import { type Clip, picturePackets } from "./picture.ts";
import { readCues } from "./subtitles.ts";
import { layOut } from "./timeline.ts";

const MOST_FRAMES = FRAME_RATE * 60 * 60 * 2;
const MOST_SOUND_SECONDS = 60 * 60 * 2;
const DOWNLOADS_AT_ONCE = 6;

const frames = z.int().min(0).max(MOST_FRAMES);
const uri = z.url({ protocol: /^https?$/ }).max(4000);
const gainDb = z.number().min(-60).max(12).default(0);

export const cutInput = z.object({
  aspect: z.enum(["16:9", "9:16", "1:1"]),
  entries: z
    .array(z.object({ video: uri, frames: frames.min(1), trimStart: frames.default(0), trimEnd: frames.default(0), transition: z.enum(["cut", "dissolve", "fade"]).default("cut") }).refine((entry) => entry.trimStart + entry.trimEnd < entry.frames, "the trims leave nothing of it"))
    .min(1)
    .max(2000),
  voices: z.array(z.object({ audio: uri, startFrame: frames, gainDb })).max(5000).default([]),
  music: z.array(z.object({ audio: uri, startFrame: frames, frames: frames.min(1), gainDb })).max(200).default([]),
  captions: uri.nullable().default(null),
  title: z.string().max(500).default(""),
  language: z.string().max(35).default("en"),
});

type CutInput = z.output<typeof cutInput>;

/** Makes a film of clips, voices, music and captions: `{video, frames, seconds, integratedLufs, truePeakDbtp}`. */
export async function cutFilm(input: CutInput, ctx: RunContext): Promise<{ [key: string]: OutputValue }> {
  const timeline = layOut(input.entries);
  if (timeline.frames > MOST_FRAMES) throw new InputError("the film would be longer than two hours");
  ctx.progress(1, "fetching clips and sound");
  const files = await fetchAll(input, ctx);
  const codec = await openCodec(SIZES[input.aspect]);
  try {
    const clips = await readClips(input, files, parameterSets(codec.extraData ?? Buffer.alloc(0)), ctx);
    ctx.progress(35, "mixing");
    const sound = input.voices.length + input.music.length > 0 ? join(ctx.dir, "sound.f32") : null;
    const loudness = sound === null ? SILENCE : await mixSound(input, files, { samples: timeline.frames * SAMPLES_PER_FRAME, to: sound }, ctx);
    const video = join(ctx.dir, "film.mp4");
    const counts = { copied: 0, encoded: 0 };
    await muxFilm({
      path: video,
      title: input.title,
      language: input.language,
      frames: timeline.frames,
      picture: picturePackets(timeline.segments, clips, SIZES[input.aspect], counts),
      pictureCodec: codec,
      pictureHeader: clips[0]?.header ?? Buffer.alloc(0),
      soundPath: sound,
      captions: input.captions === null ? null : readCues(files.get(input.captions) ?? ""),
      onFrames: (done) => ctx.progress(60 + (40 * done) / timeline.frames, "putting the film together"),
    });
    ctx.log(`frames copied ${counts.copied}, encoded ${counts.encoded}`);
    return { video: { file: video }, frames: timeline.frames, seconds: timeline.frames / FRAME_RATE, ...reported(loudness) };
  } finally {
    codec.freeContext();
  }
}

/** Every address once, a few at a time. */
async function fetchAll(input: CutInput, ctx: RunContext): Promise<Map<string, string>> {
  const urls = [...new Set([...input.entries.map((entry) => entry.video), ...input.voices.map((voice) => voice.audio), ...input.music.map((music) => music.audio), ...(input.captions === null ? [] : [input.captions])])];
  const files = new Map<string, string>();
  const waiting = urls.values();
  const worker = async (): Promise<void> => {
    for (const url of waiting) {
      files.set(url, await ctx.fetchFile(url));
      ctx.progress(1 + (19 * files.size) / urls.length, "fetching clips and sound");
    }
  };
  await Promise.all(Array.from({ length: DOWNLOADS_AT_ONCE }, worker));
  return files;
}

/** Reads each clip once. What is not in the film's encoding, or shorter than it should be, is encoded anew. */
async function readClips(input: CutInput, files: Map<string, string>, headers: string, ctx: RunContext): Promise<Clip[]> {
  const size = SIZES[input.aspect];
  const known = new Map<string, Clip>();
  const clips: Clip[] = [];
  for (const [n, entry] of input.entries.entries()) {
    const key = `${entry.frames} ${entry.video}`;
    const path = files.get(entry.video) ?? "";
    const clip = known.get(key) ?? (await readConformed(path, { ...size, frames: entry.frames }, headers, ctx, n));
    known.set(key, clip);
    clips.push(clip);
    ctx.progress(20 + (15 * (n + 1)) / input.entries.length, "reading clips");
  }
  return clips;
}

async function readConformed(path: string, wanted: { width: number; height: number; frames: number }, headers: string, ctx: RunContext, n: number): Promise<Clip> {
  const facts = await readClip(path, wanted, headers);
  if (facts && facts.frames >= wanted.frames) return { path, ...facts };
  ctx.log(`clip ${n + 1} is ${facts ? `${facts.frames} frames long instead of ${wanted.frames}` : "encoded differently"}: encoding it again`);
  const conformed = join(ctx.dir, `conformed-${n}.mp4`);
  await conformVideo(path, conformed, { width: wanted.width, height: wanted.height, frames: { exactly: wanted.frames } });
  const again = await readClip(conformed, wanted, headers);
  if (!again) throw new Error("a conformed clip is not conform");
  return { path: conformed, ...again };
}

async function mixSound(input: CutInput, files: Map<string, string>, out: { samples: number; to: string }, ctx: RunContext) {
  const wavs = new Map<string, string>();
  const wavOf = async (url: string): Promise<string> => {
    const known = wavs.get(url) ?? (await asWav(files.get(url) ?? "", join(ctx.dir, `sound-${wavs.size}.wav`)));
    wavs.set(url, known);
    return known;
  };
  const mix: Mix = { voices: [], music: [], samples: out.samples };
  for (const voice of input.voices) mix.voices.push({ path: await wavOf(voice.audio), start: voice.startFrame * SAMPLES_PER_FRAME, gain: 10 ** (voice.gainDb / 20) });
  for (const music of input.music) mix.music.push({ path: await wavOf(music.audio), start: music.startFrame * SAMPLES_PER_FRAME, length: music.frames * SAMPLES_PER_FRAME, gain: 10 ** (music.gainDb / 20) });
  const raw = join(ctx.dir, "mix.f32");
  const meter = await LoudnessMeter.open({ rate: RATE, channels: 2 });
  await writeMix(mix, raw, (block) => meter.push(block));
  ctx.progress(45, "setting the loudness");
  return master({ path: raw, measured: await meter.finish() }, out.to);
}

/** The sound as a 48 kHz WAV: itself where it is one already. */
async function asWav(path: string, to: string): Promise<string> {
  try {
    const reader = new WavReader(path);
    reader.close();
    if (reader.rate === RATE && reader.channels <= 2) return path;
  } catch {
    // Not a WAV: whatever else it is, it is decoded.
  }
  if (!(await conformAudio(path, to, 2, MOST_SOUND_SECONDS))) throw new InputError("a voice or music file has no sound");
  return to;
}
