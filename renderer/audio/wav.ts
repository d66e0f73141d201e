import { closeSync, fstatSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from "node:fs";

/** Sound in memory: what one line or one music bed is, never a film. */
export interface Sound {
  /** One array a channel, -1 to 1. */
  channels: Float32Array[];
  rate: number;
}

/** Reads a mono 16-bit WAV as the synthesiser writes it. Its own length field may be wrong; the file's length counts. */
export function readWav(path: string): { samples: Float32Array; rate: number } {
  const bytes = readFileSync(path);
  const { dataStart, rate } = parseHeader(bytes);
  const samples = new Float32Array((bytes.length - dataStart) >> 1);
  for (let n = 0; n < samples.length; n += 1) samples[n] = bytes.readInt16LE(dataStart + 2 * n) / 32768;
  return { samples, rate };
}

interface WavHeader {
  channels: number;
  rate: number;
  dataStart: number;
  frames: number;
}

function parseHeader(bytes: Buffer): WavHeader {
  if (bytes.length < 44 || bytes.toString("latin1", 0, 4) !== "RIFF" || bytes.toString("latin1", 8, 12) !== "WAVE") throw new Error("not a WAV file");
  let channels = 0;
  let rate = 0;
  let bits = 0;
  let format = 0;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const id = bytes.toString("latin1", at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    if (id === "fmt ") {
      format = bytes.readUInt16LE(at + 8);
      channels = bytes.readUInt16LE(at + 10);
      rate = bytes.readUInt32LE(at + 12);
      bits = bytes.readUInt16LE(at + 22);
    }
    if (id === "data") {
      if (format !== 1 || bits !== 16 || channels < 1) throw new Error("not a 16-bit PCM WAV file");
      return { channels, rate, dataStart: at + 8, frames: Math.floor(size / 2 / channels) };
    }
    at += 8 + size + (size % 2);
  }
  throw new Error("a WAV file without data");
}

/** Random access to a 16-bit WAV: a mix reads the stretch that it needs, so that memory does not grow with the film. */
export class WavReader {
  readonly channels: number;
  readonly rate: number;
  /** Samples of each channel. */
  readonly frames: number;
  private readonly file: number;
  private readonly dataStart: number;

  constructor(path: string) {
    this.file = openSync(path, "r");
    const head = Buffer.alloc(4096);
    const got = readSync(this.file, head, 0, head.length, 0);
    const header = parseHeader(head.subarray(0, got));
    this.channels = header.channels;
    this.rate = header.rate;
    this.dataStart = header.dataStart;
    this.frames = Math.min(header.frames, Math.floor((fstatSync(this.file).size - header.dataStart) / 2 / header.channels));
  }

  /** Interleaved samples from `start`, as many as there are up to `count` of each channel. */
  read(start: number, count: number): Float32Array {
    const frames = Math.max(0, Math.min(count, this.frames - start));
    const bytes = Buffer.alloc(frames * this.channels * 2);
    readSync(this.file, bytes, 0, bytes.length, this.dataStart + start * this.channels * 2);
    const samples = new Float32Array(frames * this.channels);
    for (let n = 0; n < samples.length; n += 1) samples[n] = bytes.readInt16LE(2 * n) / 32768;
    return samples;
  }

  close(): void {
    closeSync(this.file);
  }
}

/** The 44 bytes before the samples of a 16-bit PCM WAV. */
export function wavHeader(format: { rate: number; channels: number }, frames: number): Buffer {
  const bytes = Buffer.alloc(44);
  const data = frames * format.channels * 2;
  bytes.write("RIFF", 0, "latin1");
  bytes.writeUInt32LE(36 + data, 4);
  bytes.write("WAVEfmt ", 8, "latin1");
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(format.channels, 22);
  bytes.writeUInt32LE(format.rate, 24);
  bytes.writeUInt32LE(format.rate * format.channels * 2, 28);
  bytes.writeUInt16LE(format.channels * 2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36, "latin1");
  bytes.writeUInt32LE(data, 40);
  return bytes;
}

/** Lengthens a 16-bit PCM WAV by silence, from so many samples of each channel to so many. */
export function padWav(path: string, format: { rate: number; channels: number }, { from, to }: { from: number; to: number }): void {
  const file = openSync(path, "r+");
  try {
    const silence = Buffer.alloc((to - from) * format.channels * 2);
    writeSync(file, silence, 0, silence.length, 44 + from * format.channels * 2);
    writeSync(file, wavHeader(format, to), 0, 44, 0);
  } finally {
    closeSync(file);
  }
}

/** Writes a 16-bit PCM WAV. */
export function writeWav(path: string, { channels, rate }: Sound): void {
  const frames = channels[0]?.length ?? 0;
  const bytes = Buffer.concat([wavHeader({ rate, channels: channels.length }, frames), Buffer.alloc(frames * channels.length * 2)]);
  channels.forEach((samples, channel) => {
    for (let n = 0; n < frames; n += 1) bytes.writeInt16LE(toInt16(samples[n] ?? 0), 44 + 2 * (n * channels.length + channel));
  });
  writeFileSync(path, bytes);
}

/** A sample of -1 to 1 as a 16-bit integer. */
export const toInt16 = (sample: number): number => Math.max(-32768, Math.min(32767, Math.round(sample * 32767)));

/** Samples as a 16-bit PCM WAV has them. */
export function toPcm(samples: Float32Array): Buffer {
  const bytes = Buffer.alloc(samples.length * 2);
  for (let n = 0; n < samples.length; n += 1) bytes.writeInt16LE(toInt16(samples[n] ?? 0), 2 * n);
  return bytes;
}
