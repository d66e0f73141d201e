import { createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import { AV_CHANNEL_ORDER_NATIVE, AV_CODEC_FLAG_GLOBAL_HEADER, AV_PICTURE_TYPE_NONE, AV_PIX_FMT_RGBA, AV_SAMPLE_FMT_FLT, AV_SAMPLE_FMT_FLTP, AV_SAMPLE_FMT_S16, type AVPixelFormat } from "node-av/constants";
import { Codec, CodecContext, Dictionary, FormatContext, Frame, Packet, Rational } from "node-av/lib";
import { toInt16 } from "../audio/wav.ts";
import { check, drained } from "../media/av.ts";
import { VideoGraph } from "../media/video-graph.ts";

/** Files as others make them: another container and codec, another size and rate, than a film's own. The container follows from the path's ending. */
export interface ForeignVideo {
  /** FFmpeg's name of the encoder, and its pixel format by name and number. */
  codec: string;
  pixels: { name: string; format: AVPixelFormat };
  width: number;
  height: number;
  /** Seconds at which the frames are shown. */
  times: number[];
  /** Width of a pixel by its height; square if it is not given. */
  pixelShape?: { num: number; den: number };
  paint(context: SKRSContext2D, frame: number): void;
}

const MILLISECONDS = { num: 1, den: 1000 };

/** So many frames, as far apart as the rate says. */
export const evenly = (frames: number, rate: number): number[] => Array.from({ length: frames }, (_, n) => n / rate);

/** Paints and encodes a video. */
export async function foreignVideo(path: string, video: ForeignVideo): Promise<string> {
  const shape = video.pixelShape ?? { num: 1, den: 1 };
  const usual = Math.round((1000 * ((video.times.at(-1) ?? 0) - (video.times[0] ?? 0))) / Math.max(1, video.times.length - 1));
  const writer = await open(path, video.codec, usual, (context) => {
    context.width = video.width;
    context.height = video.height;
    context.pixelFormat = video.pixels.format;
    context.timeBase = new Rational(1, 1000);
    context.sampleAspectRatio = new Rational(shape.num, shape.den);
  });
  const canvas = createCanvas(video.width, video.height);
  let graph: VideoGraph | null = null;
  for (const [n, time] of video.times.entries()) {
    video.paint(canvas.getContext("2d"), n);
    const drawn = Frame.fromVideoBuffer(canvas.data(), { width: video.width, height: video.height, format: AV_PIX_FMT_RGBA, timeBase: MILLISECONDS });
    graph ??= await VideoGraph.open(drawn, MILLISECONDS, `format=${video.pixels.name}`);
    for await (const frame of graph.push(drawn)) {
      frame.pts = BigInt(Math.round(time * 1000));
      frame.duration = BigInt(Math.max(1, Math.round(((video.times[n + 1] ?? time + usual / 1000) - time) * 1000)));
      frame.pictType = AV_PICTURE_TYPE_NONE;
      frame.sampleAspectRatio = new Rational(shape.num, shape.den);
      await writer.write(frame);
    }
    drawn.free();
  }
  await writer.close();
  graph?.free();
  return path;
}

export interface ForeignAudio {
  codec: string;
  /** How the encoder wants its samples: planes of floats, woven floats, woven 16-bit integers. */
  samples: "fltp" | "flt" | "s16";
  rate: number;
  channels: Float32Array[];
}

const SAMPLE_FORMATS = { fltp: AV_SAMPLE_FMT_FLTP, flt: AV_SAMPLE_FMT_FLT, s16: AV_SAMPLE_FMT_S16 } as const;

/** Encodes a sound. */
export async function foreignAudio(path: string, audio: ForeignAudio): Promise<string> {
  const channels = audio.channels.length;
  const format = SAMPLE_FORMATS[audio.samples];
  const layout = { nbChannels: channels, order: AV_CHANNEL_ORDER_NATIVE, mask: channels === 1 ? 4n : 3n };
  const writer = await open(path, audio.codec, 0, (context) => {
    context.sampleRate = audio.rate;
    context.sampleFormat = format;
    context.channelLayout = layout;
    context.timeBase = new Rational(1, audio.rate);
    context.bitRate = 192_000n;
  });
  const size = writer.context.frameSize > 0 ? writer.context.frameSize : 1024;
  const length = audio.channels[0]?.length ?? 0;
  for (let at = 0; at < length; at += size) {
    const part = audio.channels.map((samples) => samples.subarray(at, at + size));
    const count = part[0]?.length ?? 0;
    const frame = Frame.fromAudioBuffer(packed(part, audio.samples), { nbSamples: count, format, sampleRate: audio.rate, channelLayout: layout, timeBase: { num: 1, den: audio.rate }, pts: BigInt(at) });
    await writer.write(frame);
    frame.free();
  }
  await writer.close();
  return path;
}

function packed(channels: Float32Array[], as: ForeignAudio["samples"]): Buffer {
  const count = channels[0]?.length ?? 0;
  const woven = (n: number): number => channels[n % channels.length]?.[Math.floor(n / channels.length)] ?? 0;
  const order = as === "fltp" ? (n: number): number => channels[Math.floor(n / count)]?.[n % count] ?? 0 : woven;
  const values = Float32Array.from({ length: count * channels.length }, (_, n) => order(n));
  return as === "s16" ? Buffer.from(Int16Array.from(values, toInt16).buffer) : Buffer.from(values.buffer);
}

interface Writer {
  context: CodecContext;
  write(frame: Frame): Promise<void>;
  close(): Promise<void>;
}

/** `usual`: how long a packet lasts that does not say so, in ticks of the codec's time base. */
async function open(path: string, name: string, usual: number, describe: (context: CodecContext) => void): Promise<Writer> {
  const codec = Codec.findEncoderByName(name as never);
  if (!codec) throw new Error(`this build of FFmpeg has no ${name}`);
  const context = new CodecContext();
  context.allocContext3(codec);
  describe(context);
  context.threadCount = 1;
  // How well it is packed is nobody's matter here, but frames out of order are: "veryfast" still has them.
  const options = Dictionary.fromObject(name.startsWith("libvpx") ? { deadline: "realtime", "cpu-used": "8" } : name === "libx264" ? { preset: "veryfast" } : {});
  const output = new FormatContext();
  check(output.allocOutputContext2(null, null, path), "open the output");
  if (!path.endsWith(".avi")) context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  check(await context.open2(codec, options), "open the encoder");
  const stream = output.newStream(null);
  check(context.parametersFromContext(stream.codecpar), "describe the stream");
  stream.timeBase = context.timeBase;
  check(await output.openOutput(), "open the output");
  check(await output.writeHeader(null), "write the header");
  const packet = new Packet();
  packet.alloc();
  const send = async (frame: Frame | null): Promise<void> => {
    check(await context.sendFrame(frame), "encode");
    while (!drained(await context.receivePacket(packet), "encode")) {
      packet.streamIndex = stream.index;
      if (packet.duration === 0n) packet.duration = BigInt(usual);
      packet.rescaleTs(context.timeBase, stream.timeBase);
      check(await output.interleavedWriteFrame(packet), "write a packet");
    }
  };
  return {
    context,
    write: send,
    close: async () => {
      await send(null);
      check(await output.writeTrailer(), "write the trailer");
      packet.free();
      context.freeContext();
      await output.closeOutput();
      output.freeContext();
    },
  };
}
