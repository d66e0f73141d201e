import { join } from "node:path";
import { z } from "zod";
import { musicMoods } from "../../film/film.ts";
import { type Loudness, MUSIC_LUFS, SILENCE } from "../../film/loudness.ts";
import { composeLoop } from "../audio/music/compose.ts";
import { writeWav } from "../audio/wav.ts";
import { LoudnessMeter } from "../media/audio-graph.ts";
import { reported } from "../media/level.ts";
import { defineModel } from "../model.ts";

const RATE = 48_000;
const MOST_PEAK = 0.5;

/** A quiet bed of music by mood. */
export const music = defineModel({
  name: "music",
  description: "A quiet bed of synthesised music by mood, as a loop without a seam.",
  input: z.object({ mood: z.enum(musicMoods), seconds: z.number().min(1).max(7200), seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(0) }),
  run: async ({ mood, seconds, seed }, ctx) => {
    const audio = join(ctx.dir, "music.wav");
    if (mood === "none") {
      const silence = new Float32Array(Math.round(Math.min(seconds, 10) * RATE));
      writeWav(audio, { channels: [silence, silence], rate: RATE });
      return { audio: { file: audio }, seconds: silence.length / RATE, ...SILENCE };
    }
    ctx.progress(10, "playing");
    const loop = composeLoop({ mood, seconds, seed, rate: RATE });
    ctx.progress(80, "setting the loudness");
    const { gain, loudness } = await gainFor(loop.left, loop.right);
    writeWav(audio, { channels: [loop.left.map((sample) => sample * gain), loop.right.map((sample) => sample * gain)], rate: RATE });
    return { audio: { file: audio }, seconds: loop.left.length / RATE, ...reported(loudness) };
  },
});

async function gainFor(left: Float32Array, right: Float32Array): Promise<{ gain: number; loudness: Loudness }> {
  const meter = await LoudnessMeter.open({ rate: RATE, channels: 2 });
  let peak = 0;
  for (let at = 0; at < left.length; at += RATE) {
    const block = new Float32Array(2 * Math.min(RATE, left.length - at));
    for (let n = 0; n < block.length; n += 1) {
      block[n] = (n % 2 === 0 ? left : right)[at + (n >> 1)] ?? 0;
      peak = Math.max(peak, Math.abs(block[n] ?? 0));
    }
    await meter.push(block);
  }
  const { integratedLufs, truePeakDbtp } = await meter.finish();
  const gain = Math.min(10 ** ((MUSIC_LUFS - integratedLufs) / 20), MOST_PEAK / peak);
  const gainDb = 20 * Math.log10(gain);
  return { gain, loudness: { integratedLufs: integratedLufs + gainDb, truePeakDbtp: truePeakDbtp + gainDb } };
}
