import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { AudioGraph, type Loudness, LoudnessMeter, SILENCE } from "../media/audio-graph.ts";
import { RATE } from "./mix.ts";

const STEREO = { rate: RATE, channels: 2 } as const;
const TARGET_LUFS = -16;
/** What comes out may miss the target by so much before it is done again. */
const CLOSE_ENOUGH_LU = 0.2;
const MOST_PASSES = 4;
/** Below the -1 dBTP that is promised, because the lossy encoder overshoots. */
const CEILING_DBTP = -2;
/** What is quieter than that is room noise, and stays quiet. */
const MOST_GAIN_DB = 30;
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
  let gainDb = Math.min(MOST_GAIN_DB, TARGET_LUFS - mix.measured.integratedLufs);
  for (let pass = 1; ; pass += 1) {
    const limits = mix.measured.truePeakDbtp + gainDb > CEILING_DBTP;
    const result = await render(mix.path, path, limits ? `volume=${gainDb}dB,${limiter()}` : `volume=${gainDb}dB`);
    const missing = TARGET_LUFS - result.integratedLufs;
    // The limiter takes loudness away; what is missing is asked for again.
    if (Math.abs(missing) <= CLOSE_ENOUGH_LU || pass === MOST_PASSES || gainDb >= MOST_GAIN_DB) return result;
    gainDb = Math.min(MOST_GAIN_DB, gainDb + missing);
  }
}

/** Limits at four times the rate, where the peaks between samples show. */
function limiter(): string {
  return `aresample=${4 * RATE},alimiter=limit=${10 ** (CEILING_DBTP / 20)}:attack=4:release=60:level=false:latency=true,aresample=${RATE}`;
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
