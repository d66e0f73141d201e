import { join } from "node:path";
import { z } from "zod";
import { cleanRecording } from "../audio/cleaning/clean.ts";
import { learnNoise, type Levels, levelsOf } from "../audio/cleaning/noise.ts";
import { Windows } from "../audio/cleaning/windows.ts";
import { WavReader } from "../audio/wav.ts";
import { LoudnessMeter } from "../media/audio-graph.ts";
import { conformAudio } from "../media/conform.ts";
import { inspect, MOST_SECONDS } from "../media/inspect.ts";
import { defineModel, InputError } from "../model.ts";

const BLOCK_SECONDS = 10;

/** A recording without its noise. */
export const cleanAudio = defineModel({
  name: "clean-audio",
  description: "A recording of speech without hiss, hum and rumble: the noise is learnt from the pauses and turned down by up to 24 dB, at the same length and loudness.",
  input: z.object({ audio: z.url({ protocol: /^https?$/ }).max(4000) }),
  run: async ({ audio }, ctx) => {
    ctx.progress(2, "fetching the recording");
    const path = await ctx.fetchFile(audio);
    const { channels } = await inspect(path, "audio");
    ctx.progress(10, "decoding the recording");
    const recorded = join(ctx.dir, "recorded.wav");
    if (!(await conformAudio(path, recorded, channels === 1 ? 1 : 2, MOST_SECONDS))) throw new InputError("the file has no sound that can be decoded");
    ctx.signal.throwIfAborted();
    const reader = new WavReader(recorded);
    const cleaned = join(ctx.dir, "clean.wav");
    try {
      ctx.progress(25, "learning the noise");
      const windows = new Windows(reader);
      const noise = learnNoise(windows);
      if (noise.spectrum === null) ctx.log("the recording has no pause to learn its noise from: only its rumble is taken out");
      const before = await figures(reader, levelsOf(windows, noise.windows));
      cleanRecording(reader, noise, cleaned, (part) => {
        ctx.signal.throwIfAborted();
        ctx.progress(35 + 55 * part, "taking the noise out");
      });
      ctx.progress(92, "measuring what is left");
      const result = new WavReader(cleaned);
      const after = await figures(result, levelsOf(new Windows(result), noise.windows));
      result.close();
      return { audio: { file: cleaned }, noiseDb: tenth(before.noiseDb - after.noiseDb), before: { ...before }, after: { ...after }, seconds: reader.frames / reader.rate };
    } finally {
      reader.close();
    }
  },
});

interface Figures extends Levels {
  integratedLufs: number;
}

async function figures(reader: WavReader, levels: Levels): Promise<Figures> {
  const meter = await LoudnessMeter.open({ rate: reader.rate, channels: reader.channels === 1 ? 1 : 2 });
  for (let at = 0; at < reader.frames; at += BLOCK_SECONDS * reader.rate) await meter.push(reader.read(at, BLOCK_SECONDS * reader.rate));
  const { integratedLufs } = await meter.finish();
  return { noiseDb: tenth(levels.noiseDb), signalDb: tenth(levels.signalDb), snrDb: tenth(levels.snrDb), integratedLufs: tenth(integratedLufs) };
}

const tenth = (level: number): number => Math.round(level * 10) / 10;
