/** Small files that are what they say: a probe finds the kind, size, length and tracks that were asked for. */
import { BufferTarget, EncodedAudioPacketSource, EncodedPacket, EncodedVideoPacketSource, Mp4OutputFormat, Output } from "mediabunny";

const FRAME_RATE = 24;
/** SPS and PPS of H.264 High, eight bits, 4:2:0; no decoder ever sees the packets. */
const AVC_CONFIG = new Uint8Array([1, 0x64, 0, 0x1f, 0xff, 0xe1, 0, 0x1d, 0x67, 0x64, 0, 0x1f, 0xac, 0xb4, 2, 0x80, 0x2d, 0xd8, 0x0b, 0x50, 0x10, 0x10, 0x14, 0, 0, 3, 0, 4, 0, 0, 3, 0, 0xc2, 0x3c, 0x60, 0xca, 0x80, 1, 0, 4, 0x68, 0xef, 0x3c, 0xb0, 0xfd, 0xf8, 0xf8, 0]);
const AAC_CONFIG = new Uint8Array([0x11, 0x90]);

export interface VideoOrder {
  width: number;
  height: number;
  frames: number;
  audio: "aac" | null;
}

export async function mp4({ width, height, frames, audio }: VideoOrder): Promise<Uint8Array<ArrayBuffer>> {
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat(), target });
  const video = new EncodedVideoPacketSource("avc");
  output.addVideoTrack(video, { frameRate: FRAME_RATE });
  const sound = audio ? new EncodedAudioPacketSource("aac") : null;
  if (sound) output.addAudioTrack(sound);
  await output.start();
  const meta = { decoderConfig: { codec: "avc1.64001f", codedWidth: width, codedHeight: height, description: AVC_CONFIG } };
  for (let frame = 0; frame < frames; frame += 1) {
    const packet = new EncodedPacket(new Uint8Array([0, 0, 0, 2, 0x65, frame & 0xff]), frame === 0 ? "key" : "delta", frame / FRAME_RATE, 1 / FRAME_RATE);
    await video.add(packet, frame === 0 ? meta : undefined);
  }
  if (sound) {
    const config = { decoderConfig: { codec: "mp4a.40.2", sampleRate: 48_000, numberOfChannels: 2, description: AAC_CONFIG } };
    await sound.add(new EncodedPacket(new Uint8Array([0x21, 0x10]), "key", 0, frames / FRAME_RATE), config);
  }
  await output.finalize();
  if (!target.buffer) throw new Error("nothing was written");
  return new Uint8Array(target.buffer);
}

/** A quiet tone: what nobody can hear is not taken. */
export function wav({ frames, channels }: { frames: number; channels: 1 | 2 }): Uint8Array<ArrayBuffer> {
  const bytesOfData = Math.round((frames / FRAME_RATE) * 48_000) * channels * 2;
  const view = new DataView(new ArrayBuffer(44 + bytesOfData));
  const text = (at: number, words: string) => [...words].forEach((char, index) => view.setUint8(at + index, char.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + bytesOfData, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, 48_000, true);
  view.setUint32(28, 48_000 * channels * 2, true);
  view.setUint16(32, channels * 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, bytesOfData, true);
  for (let at = 0; at < bytesOfData; at += 2) view.setInt16(44 + at, 3_000 * Math.sin((2 * Math.PI * 440 * Math.floor(at / (2 * channels))) / 48_000), true);
  return new Uint8Array(view.buffer);
}

/** A black picture of one bit a pixel. */
export async function png({ width, height }: { width: number; height: number }): Promise<Uint8Array<ArrayBuffer>> {
  const rows = new Uint8Array((1 + Math.ceil(width / 8)) * height);
  const packed = new Uint8Array(await new Response(new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate"))).arrayBuffer());
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 1);
  const parts = [new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk("IHDR", new Uint8Array(header.buffer)), chunk("IDAT", packed), chunk("IEND", new Uint8Array(0))];
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function chunk(type: string, data: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(12 + data.length);
  const view = new DataView(whole.buffer);
  view.setUint32(0, data.length);
  [...type].forEach((char, index) => view.setUint8(4 + index, char.charCodeAt(0)));
  whole.set(data, 8);
  view.setUint32(8 + data.length, crc32(whole.subarray(4, 8 + data.length)));
  return whole;
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
