import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { deliveryOf, type Delivery, voiceLufs } from "../../film/loudness.ts";
import { speakingSeconds } from "../../film/timing.ts";
import { type Cast, castNames, casts, RMS_PITCH_HZ } from "../audio/casts.ts";
import { phonesOf, speak } from "../audio/speech.ts";
import { writeWav } from "../audio/wav.ts";
import { splitWords, spreadWords, timeWords, type Word } from "../audio/words.ts";
import { filterSound } from "../media/audio-graph.ts";
import { FRAME_RATE } from "../media/encode.ts";
import { reported } from "../media/level.ts";
import { loudnessOf } from "../media/wav-loudness.ts";
import { defineModel, type RunContext } from "../model.ts";

const RATE = 48_000;
const MONO = { rate: RATE, channels: 1 } as const;
const PEAK = 0.84;
/** Quiet that stays before the first and after the last sound. */
const LEAD_SECONDS = 0.05;
const TAIL_SECONDS = 0.15;

const input = z.object({
  text: z.string().trim().min(1).max(2000),
  cast: z.enum(castNames),
  language: z.string().max(35).default("en"),
  pace: z.number().min(0.5).max(2).default(1),
  parenthetical: z.string().max(200).nullable().default(null),
});

/** Speaks a line with one of ten casts and says when each word is heard. */
export const voice = defineModel({
  name: "voice",
  description: "A spoken line: WAV and word timings. What cannot be spoken here is timed and stays silent.",
  input,
  run: async (line, ctx) => {
    ctx.progress(5, "speaking");
    const spoken = await speakLine(line, ctx);
    const { samples, words } = spoken ?? silence(line);
    const frames = Math.max(1, Math.ceil((samples.length / RATE) * FRAME_RATE));
    const whole = new Float32Array((frames * RATE) / FRAME_RATE);
    whole.set(samples);
    const seconds = frames / FRAME_RATE;
    const audio = join(ctx.dir, "voice.wav");
    const timings = join(ctx.dir, "timings.json");
    writeWav(audio, { channels: [whole], rate: RATE });
    writeFileSync(timings, JSON.stringify({ words: words.map(({ text, start, end }) => ({ text, start: milli(start), end: milli(Math.min(end, seconds)) })), seconds }));
    return { audio: { file: audio }, timings: { file: timings }, seconds, frames, spoken: spoken !== null, ...reported(await loudnessOf(whole, MONO)) };
  },
});

type Line = z.output<typeof input>;

/** The line as sound at 48 kHz, or null where it cannot be spoken. */
async function speakLine(line: Line, ctx: RunContext): Promise<{ samples: Float32Array; words: Word[] } | null> {
  const words = splitWords(line.text);
  const sayable = words.map(plainEnglish);
  if (!/^en\b/i.test(line.language) || !sayable.some((word) => /[a-z0-9]/i.test(word))) return null;
  const cast = casts[line.cast];
  const mood = styles[deliveryOf(line.parenthetical)];
  const { formant } = cast;
  const pitchHz = cast.voice === "rms" ? RMS_PITCH_HZ : (cast.pitchHz * mood.pitch) / formant;
  // Played back faster by `formant`, pitch and formants rise and the time shrinks; pitch and time are asked for so that only the formants stay changed.
  const speech = await speak(sayable.join(" "), { voice: cast.voice, pitchHz, pitchRangeHz: pitchHz * cast.liveliness * mood.liveliness, stretch: (formant * cast.stretch * mood.stretch) / line.pace }, ctx.dir);
  const phones = speech.phones.map((phone) => ({ name: phone.name, end: phone.end / formant }));
  if (!phones.some((phone) => phone.name !== "pau")) return null;
  ctx.progress(50, "giving the cast its sound");
  const timed = timeWords(words, await wordPhones(sayable, ctx.dir), phones);
  const heard = await shape(speech.samples, Math.round(speech.rate * formant), cast, mood.tone);
  return trim(await level(heard, voiceLufs(line.parenthetical)), timed);
}

async function wordPhones(words: string[], dir: string): Promise<string[][]> {
  const together = await phonesOf(words, dir);
  if (together.length === words.length) return together;
  const each: string[][] = [];
  for (const word of words) each.push((await phonesOf([word], dir)).flat());
  return each;
}

async function shape(samples: Float32Array, rate: number, cast: Cast, tone: string): Promise<Float32Array> {
  return filterSound(samples, { rate, channels: 1 }, MONO, `aresample=${RATE}:filter_size=64:phase_shift=10:cutoff=0.97,highpass=f=60,${cast.tone},${tone}`);
}

/** Brings the line to its loudness, which every cast has in common, without letting a peak clip. */
async function level(samples: Float32Array, lufs: number): Promise<Float32Array> {
  const { integratedLufs } = await loudnessOf(samples, MONO);
  const gain = 10 ** ((lufs - integratedLufs) / 20);
  return samples.map((sample) => softLimit(sample * gain));
}

/** Leaves everything below 0.6 alone and bends what is above towards the peak. */
function softLimit(sample: number): number {
  const size = Math.abs(sample);
  if (size <= 0.6) return sample;
  return Math.sign(sample) * (0.6 + (PEAK - 0.6) * Math.tanh((size - 0.6) / (PEAK - 0.6)));
}

function trim(samples: Float32Array, words: Word[]): { samples: Float32Array; words: Word[] } {
  const first = words[0]?.start ?? 0;
  const last = words.at(-1)?.end ?? samples.length / RATE;
  const from = Math.max(0, Math.round((first - LEAD_SECONDS) * RATE));
  const to = Math.min(samples.length, Math.round((last + TAIL_SECONDS) * RATE));
  const kept = samples.slice(from, to);
  const fade = Math.min(kept.length, Math.round(RATE * 0.01));
  for (let n = 0; n < fade; n += 1) {
    kept[n] = ((kept[n] ?? 0) * n) / fade;
    kept[kept.length - 1 - n] = ((kept[kept.length - 1 - n] ?? 0) * n) / fade;
  }
  const shift = from / RATE;
  return { samples: kept, words: words.map((word) => ({ text: word.text, start: Math.max(0, word.start - shift), end: word.end - shift })) };
}

/** As long as the film's plan takes someone to speak. */
function silence(line: Line): { samples: Float32Array; words: Word[] } {
  const seconds = Math.max(0.8, speakingSeconds(line.text)) / line.pace;
  return { samples: new Float32Array(Math.round(seconds * RATE)), words: spreadWords(splitWords(line.text), seconds) };
}

/** What the synthesiser can read: plain letters, with dashes as pauses. */
function plainEnglish(word: string): string {
  const plain = word.replaceAll(/[\u2018\u2019\u02bc]/g, "'").replaceAll(/[\u201c\u201d"]/g, "").replaceAll(/\u2026|\.{2,}/g, ",").replaceAll(/\s*[\u2013\u2014]\s*|\s+--?/g, ", ").replaceAll(/--+/g, ", ");
  return plain.normalize("NFKD").replaceAll(/[^\x20-\x7e]/g, "").replaceAll(/[<>\\*_]/g, "").trim();
}

interface DeliveryStyle {
  pitch: number;
  liveliness: number;
  stretch: number;
  tone: string;
}

const plain: DeliveryStyle = { pitch: 1, liveliness: 1, stretch: 1, tone: "anull" };
/** How a parenthetical changes the voice: `(whispering)` is slower, `(shouting)` higher. */
const styles: Record<Delivery, DeliveryStyle> = {
  plain,
  quiet: { pitch: 0.94, liveliness: 0.6, stretch: 1.08, tone: "bass=g=-5:f=250,treble=g=3:f=4000" },
  loud: { pitch: 1.12, liveliness: 1.4, stretch: 0.94, tone: "treble=g=3:f=2500" },
  weary: { ...plain, pitch: 0.95, liveliness: 0.7, stretch: 1.12 },
  lively: { ...plain, pitch: 1.06, liveliness: 1.4, stretch: 0.92 },
  filtered: { ...plain, tone: "highpass=f=400,lowpass=f=3200" },
};

const milli = (seconds: number): number => Math.round(seconds * 1000) / 1000;

