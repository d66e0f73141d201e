import { Codec, CodecContext, Dictionary, FormatContext, Frame, Packet, Rational, SoftwareScaleContext, type Stream } from "node-av/lib";
import {
  AV_CODEC_FLAG_CLOSED_GOP,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PIX_FMT_RGBA,
  AV_PIX_FMT_YUV420P,
  AV_PICTURE_TYPE_NONE,
  AV_PROFILE_H264_HIGH,
  AVCHROMA_LOC_LEFT,
  AVCOL_PRI_BT709,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT709,
  AVCOL_SPC_RGB,
  AVCOL_TRC_BT709,
  FF_ENCODER_LIBX264,
  SWS_ACCURATE_RND,
  SWS_BICUBIC,
  SWS_FULL_CHR_H_INT,
} from "node-av/constants";
import { check, drained } from "./av.ts";

export const FRAME_RATE = 24;
/** Ticks per second of every video stream, and per frame: 24 fps in 1/12288, as MP4 tools choose it. */
export const TIME_BASE = { num: 1, den: 12288 };
export const TICKS_PER_FRAME = 512n;
/** A closed group of pictures: a trim re-encodes at most this many frames. */
const GOP_FRAMES = 48;
/**
 * Flat dark areas get more bits than x264 would give them, so that gradients stay smooth; key frames get hardly more than others, else
 * fine noise would flash up every two seconds. Nothing here is in the stream's headers: films of older clips still join.
 */
const TUNING = "aq-mode=3:ipratio=1.1";

export interface VideoEncoderOptions {
  path: string;
  width: number;
  height: number;
  /** How fine: x264's constant rate factor. It does not change the stream's headers, so all of them still join. */
  crf?: number;
}

export interface VideoEncoder {
  /** Encodes one picture, `width * height * 4` bytes, straight RGBA without padding. */
  write(rgba: Uint8Array | Uint8ClampedArray): Promise<void>;
  /** Encodes one picture that is yuv420p, limited range, bt709 already. The frame stays the caller's. */
  writeFrame(frame: Frame): Promise<void>;
  /** Finishes the file. */
  close(): Promise<{ frames: number }>;
  /** Frees everything without finishing the file, after a failure. */
  abandon(): Promise<void>;
}

/** The one encoding of every video in a film: because all are alike, a cut is a remux. One thread: the same pictures give the same bytes. */
export async function openCodec(size: { width: number; height: number; crf?: number }): Promise<CodecContext> {
  const codec = Codec.findEncoderByName(FF_ENCODER_LIBX264);
  if (!codec) throw new Error("this build of FFmpeg has no libx264");
  const context = new CodecContext();
  context.allocContext3(codec);
  context.width = size.width;
  context.height = size.height;
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  context.timeBase = new Rational(1, FRAME_RATE);
  context.framerate = new Rational(FRAME_RATE, 1);
  context.sampleAspectRatio = new Rational(1, 1);
  context.colorRange = AVCOL_RANGE_MPEG;
  context.colorSpace = AVCOL_SPC_BT709;
  context.colorPrimaries = AVCOL_PRI_BT709;
  context.colorTrc = AVCOL_TRC_BT709;
  context.chromaLocation = AVCHROMA_LOC_LEFT;
  context.profile = AV_PROFILE_H264_HIGH;
  context.gopSize = GOP_FRAMES;
  context.maxBFrames = 0;
  context.threadCount = 1;
  context.setFlags(AV_CODEC_FLAG_CLOSED_GOP, AV_CODEC_FLAG_GLOBAL_HEADER);
  const options = Dictionary.fromObject({
    preset: "veryfast",
    crf: String(size.crf ?? 21),
    "x264-params": `stitchable=1:scenecut=0:open-gop=0:force-cfr=1:${TUNING}`,
  });
  check(await context.open2(codec, options), "open the video encoder");
  return context;
}

/** Writes pictures into an MP4 of the film's one encoding: H.264 High, yuv420p, bt709, 24 fps, closed GOPs, no B-frames, no audio, faststart. */
export async function openVideoEncoder(options: VideoEncoderOptions): Promise<VideoEncoder> {
  const context = await openCodec(options);
  const output = new FormatContext();
  check(output.allocOutputContext2(null, "mp4", options.path), "open the output");
  const stream = output.newStream(null);
  check(context.parametersFromContext(stream.codecpar), "describe the stream");
  stream.timeBase = new Rational(TIME_BASE.num, TIME_BASE.den);
  stream.avgFrameRate = new Rational(FRAME_RATE, 1);
  check(await output.openOutput(), "open the output");
  check(await output.writeHeader(Dictionary.fromObject({ movflags: "+faststart", video_track_timescale: String(TIME_BASE.den) })), "write the header");
  const sink = new PacketSink(context, output, stream);
  const converter = new Converter(options.width, options.height);
  let frames = 0;
  let freed = false;
  const free = async (): Promise<void> => {
    if (freed) return;
    freed = true;
    converter.free();
    sink.free();
    context.freeContext();
    await output.closeOutput();
    output.freeContext();
  };
  const writeFrame = async (frame: Frame): Promise<void> => {
    frame.pts = BigInt(frames);
    frame.duration = 1n;
    // A decoded picture remembers how it was coded; the encoder must choose anew.
    frame.pictType = AV_PICTURE_TYPE_NONE;
    frames += 1;
    check(await context.sendFrame(frame), "encode");
    await sink.drain();
  };
  return {
    writeFrame,
    write: async (rgba) => writeFrame(await converter.convert(rgba)),
    close: async () => {
      check(await context.sendFrame(null), "finish the encoding");
      await sink.drain();
      check(await output.writeTrailer(), "write the trailer");
      await free();
      return { frames };
    },
    abandon: free,
  };
}

/** Takes what the encoder has ready and writes it. */
class PacketSink {
  private readonly packet = new Packet();
  private readonly context: CodecContext;
  private readonly output: FormatContext;
  private readonly stream: Stream;

  constructor(context: CodecContext, output: FormatContext, stream: Stream) {
    this.context = context;
    this.output = output;
    this.stream = stream;
    this.packet.alloc();
  }

  async drain(): Promise<void> {
    while (!drained(await this.context.receivePacket(this.packet), "encode")) {
      this.packet.streamIndex = this.stream.index;
      this.packet.duration = 1n;
      this.packet.rescaleTs({ num: 1, den: FRAME_RATE }, this.stream.timeBase);
      check(await this.output.interleavedWriteFrame(this.packet), "write a packet");
    }
  }

  free(): void {
    this.packet.free();
  }
}

/** RGBA to yuv420p by the bt709 matrix, into one frame that is used again and again. */
class Converter {
  private readonly scaler = new SoftwareScaleContext();
  private readonly source = new Frame();
  private readonly target = new Frame();
  private readonly bytes: number;

  constructor(width: number, height: number) {
    this.bytes = width * height * 4;
    this.scaler.allocContext();
    this.scaler.setOption("sws_flags", SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT);
    for (const [frame, format] of [[this.source, AV_PIX_FMT_RGBA], [this.target, AV_PIX_FMT_YUV420P]] as const) {
      frame.alloc();
      frame.width = width;
      frame.height = height;
      frame.format = format;
      check(frame.getBuffer(), "allocate a picture");
    }
    this.source.colorRange = AVCOL_RANGE_JPEG;
    this.source.colorSpace = AVCOL_SPC_RGB;
    this.target.colorRange = AVCOL_RANGE_MPEG;
    this.target.colorSpace = AVCOL_SPC_BT709;
    for (const frame of [this.source, this.target]) {
      frame.colorPrimaries = AVCOL_PRI_BT709;
      frame.colorTrc = AVCOL_TRC_BT709;
    }
  }

  async convert(rgba: Uint8Array | Uint8ClampedArray): Promise<Frame> {
    if (rgba.byteLength !== this.bytes) throw new Error(`a picture of ${rgba.byteLength} bytes where ${this.bytes} are expected`);
    check(this.source.fromBuffer(Buffer.from(rgba.buffer, rgba.byteOffset, rgba.byteLength)), "copy a picture");
    check(this.target.makeWritable(), "reuse a picture");
    check(await this.scaler.scaleFrame(this.target, this.source), "convert a picture");
    return this.target;
  }

  free(): void {
    this.scaler.freeContext();
    this.source.free();
    this.target.free();
  }
}
