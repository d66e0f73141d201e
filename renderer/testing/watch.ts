import { join } from "node:path";
import { WavReader } from "../audio/wav.ts";
import { conformAudio } from "../media/conform.ts";
import { MediaInput } from "../media/input.ts";

/** What is seen of each frame of a `testClip`: the grey that says its number, and the brightness of its background. */
export interface Seen {
  grey: number;
  ground: number;
  pts: bigint;
}

/** Decodes a film and looks at two points of every frame. */
export async function watchFrames(path: string): Promise<Seen[]> {
  const input = await MediaInput.open(path);
  const seen: Seen[] = [];
  if (!input.video) throw new Error("no picture");
  for await (const frame of input.frames(input.video)) {
    const luma = frame.data?.[0];
    const stride = frame.linesize[0] ?? 0;
    const at = (x: number, y: number): number => Math.round((((luma?.[Math.floor(y) * stride + Math.floor(x)] ?? 0) - 16) * 255) / 219);
    seen.push({ grey: at(frame.width / 4, frame.height / 4), ground: at(frame.width * 0.9, frame.height / 4), pts: frame.pts });
  }
  await input.close();
  return seen;
}

/** Decodes a film's sound, as a player would hear it. */
export async function hear(path: string, dir: string): Promise<{ samples: Float32Array; rate: number }> {
  const wav = join(dir, `heard-${process.hrtime.bigint()}.wav`);
  await conformAudio(path, wav, 1, 3600);
  const reader = new WavReader(wav);
  const samples = reader.read(0, reader.frames);
  reader.close();
  return { samples, rate: reader.rate };
}

/** The packets of a film's picture, as they lie in the file. */
export async function picturePacketsOf(path: string): Promise<Buffer[]> {
  const input = await MediaInput.open(path);
  const packets: Buffer[] = [];
  if (!input.video) throw new Error("no picture");
  for await (const packet of input.packets(input.video)) packets.push(Buffer.from(packet.data ?? []));
  await input.close();
  return packets;
}
