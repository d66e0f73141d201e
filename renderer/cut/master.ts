import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { FILM_LUFS, type Loudness, SILENCE } from "../../film/loudness.ts";
import { AudioGraph, LoudnessMeter } from "../media/audio-graph.ts";
import { level } from "../media/level.ts";
import { RATE } from "./mix.ts";

const STEREO = { rate: RATE, channels: 2 } as const;
const BLOCK_FLOATS = 2 * RATE;

/** Reads interleaved stereo floats from a file, a second at a time. */
export async function* readBlocks(path: string): AsyncGenerator<Float32Array> {
  const file = openSync(path, "r");
  try {
    for (;;) {
      const block = new Float32Array(BLOCK_FLOATS);
      const bytes = readSync(file, new Uint8Array(block.buffer));
      if (bytes === 0) return;
      yield block.subarray(0, bytes / 4);
    }
  } finally {
    closeSync(file);
  }
}

/** Brings a mix to -16 LUFS with its true peaks limited; what was measured on the way in saves a pass. Says what came out. */
export async function master(mix: { path: string; measured: Loudness }, path: string): Promise<Loudness> {
  if (mix.measured.integratedLufs <= SILENCE.integratedLufs) {
    await render(mix.path, path, "anull");
    return SILENCE;
  }
  return level(mix.measured, { lufs: FILM_LUFS, rate: RATE }, (chain) => render(mix.path, path, chain));
}

async function render(from: string, to: string, chain: string): Promise<Loudness> {
  const graph = await AudioGraph.open(STEREO, STEREO, chain);
  const meter = await LoudnessMeter.open(STEREO);
  const file = openSync(to, "w");
  const write = async (samples: Float32Array): Promise<void> => {
    writeSync(file, new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    await meter.push(samples);
  };
  try {
    for await (const block of readBlocks(from)) for await (const done of graph.push(block)) await write(done.samples);
    for await (const done of graph.finish()) await write(done.samples);
    return await meter.finish();
  } finally {
    closeSync(file);
  }
}
