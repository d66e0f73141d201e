import { closeSync, openSync, writeSync } from "node:fs";
import type { Loudness } from "../../film/loudness.ts";
import { toPcm, WavReader, wavHeader } from "../audio/wav.ts";
import { AudioGraph, type Format, LoudnessMeter } from "./audio-graph.ts";
import { level } from "./level.ts";

/** The measure needs 400 ms; what is shorter than twice that is measured with itself behind it. */
const LEAST_SECONDS = 0.8;

/** How loud a sound in memory is. */
export async function loudnessOf(samples: Float32Array, format: Format): Promise<Loudness> {
  const meter = await LoudnessMeter.open(format);
  const seconds = samples.length / format.channels / format.rate;
  for (let n = 0; n < Math.max(1, Math.ceil(LEAST_SECONDS / seconds)); n += 1) await meter.push(samples);
  return meter.finish();
}

/** How loud a WAV of one or two channels is, read a second at a time. */
export async function wavLoudness(path: string): Promise<Loudness> {
  const reader = new WavReader(path);
  try {
    const format = formatOf(reader);
    if (reader.frames < LEAST_SECONDS * reader.rate) return await loudnessOf(reader.read(0, reader.frames), format);
    const meter = await LoudnessMeter.open(format);
    for await (const block of blocks(reader)) await meter.push(block);
    return await meter.finish();
  } finally {
    reader.close();
  }
}

/** Brings a WAV to so many LUFS, with its true peaks limited. Says what came out. */
export async function levelWav(from: string, to: string, { lufs, measured }: { lufs: number; measured: Loudness }): Promise<Loudness> {
  const reader = new WavReader(from);
  try {
    return await level(measured, { lufs, rate: reader.rate }, async (chain) => {
      await render(reader, to, chain);
      return wavLoudness(to);
    });
  } finally {
    reader.close();
  }
}

async function render(reader: WavReader, to: string, chain: string): Promise<void> {
  const format = formatOf(reader);
  const graph = await AudioGraph.open(format, format, chain);
  const file = openSync(to, "w");
  let samples = 0;
  const write = (block: Float32Array): void => {
    // What filters add at the end is none of the sound.
    const kept = block.subarray(0, (reader.frames - samples) * format.channels);
    writeSync(file, toPcm(kept));
    samples += kept.length / format.channels;
  };
  try {
    writeSync(file, wavHeader(format, reader.frames));
    for await (const block of blocks(reader)) for await (const done of graph.push(block)) write(done.samples);
    for await (const done of graph.finish()) write(done.samples);
    if (samples < reader.frames) write(new Float32Array((reader.frames - samples) * format.channels));
  } finally {
    closeSync(file);
  }
}

async function* blocks(reader: WavReader): AsyncGenerator<Float32Array> {
  for (let at = 0; at < reader.frames; at += reader.rate) yield reader.read(at, reader.rate);
}

const formatOf = ({ rate, channels }: WavReader): Format => ({ rate, channels: channels === 1 ? 1 : 2 });
