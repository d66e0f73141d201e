import { AV_NOPTS_VALUE, AVSEEK_FLAG_BACKWARD } from "node-av/constants";
import { Codec, CodecContext, Frame, type Stream } from "node-av/lib";
import { InputError } from "../model.ts";
import { check } from "./av.ts";
import { MediaInput } from "./input.ts";
import { VideoGraph } from "./video-graph.ts";

/** A further jump than this is made by seeking; a shorter one by decoding on. */
const SEEK_SECONDS = 2;
const HALF_A_FRAME = 1 / 48;

/** A picture as straight RGBA. */
export interface Picture {
  width: number;
  height: number;
  rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** Facts of a video file. */
export interface VideoFacts {
  width: number;
  height: number;
  seconds: number;
}

/** A video from which single pictures are taken; at rising times this costs least. */
export class VideoSampler {
  readonly facts: VideoFacts;
  private readonly input: MediaInput;
  private readonly stream: Stream;
  private readonly decoder = new CodecContext();
  private readonly frame = new Frame();
  private readonly graphs = new Map<string, VideoGraph>();
  private at = 0;
  private holds = false;
  private ended = false;

  private constructor(input: MediaInput, stream: Stream) {
    this.input = input;
    this.stream = stream;
    const { num, den } = stream.timeBase;
    const seconds = stream.duration > 0n ? (Number(stream.duration) * num) / den : Number(input.context.duration) / 1_000_000;
    this.facts = { width: stream.codecpar.width, height: stream.codecpar.height, seconds };
    this.frame.alloc();
  }

  static async open(path: string): Promise<VideoSampler> {
    const input = await MediaInput.open(path);
    const stream = input.video;
    const codec = stream && Codec.findDecoder(stream.codecpar.codecId);
    if (!stream || !codec) {
      await input.close();
      throw new InputError("the file has no video that can be decoded");
    }
    const sampler = new VideoSampler(input, stream);
    sampler.decoder.allocContext3(codec);
    check(sampler.decoder.parametersToContext(stream.codecpar), "set up the decoder");
    sampler.decoder.pktTimebase = stream.timeBase;
    sampler.decoder.threadCount = 1;
    check(await sampler.decoder.open2(codec, null), "open the decoder");
    return sampler;
  }

  /** The frame shown at `seconds` (the last one where the film is shorter); a frame lives until the next call. */
  async frameAt(seconds: number): Promise<Frame> {
    if (!this.holds || seconds > this.at + SEEK_SECONDS || seconds < this.at - HALF_A_FRAME) await this.seek(seconds);
    while (!this.ended && (!this.holds || this.at < seconds - 1e-4)) await this.decodeNext();
    if (!this.holds) throw new InputError("the video has no frame that can be decoded");
    return this.frame;
  }

  /** The same as RGBA, cropped to `size`. */
  async pictureAt(seconds: number, size: { width: number; height: number }): Promise<Picture> {
    return this.picture(await this.frameAt(seconds), size);
  }

  async close(): Promise<void> {
    for (const graph of this.graphs.values()) graph.free();
    this.frame.free();
    this.decoder.freeContext();
    await this.input.close();
  }

  private async picture(frame: Frame, { width, height }: { width: number; height: number }): Promise<Picture> {
    const key = `${width}x${height}`;
    const graph = this.graphs.get(key) ?? (await VideoGraph.open(frame, this.stream.timeBase, `scale=${width}:${height}:force_original_aspect_ratio=increase:flags=area,crop=${width}:${height},format=rgba`));
    this.graphs.set(key, graph);
    const copy = frame.clone();
    if (!copy) throw new Error("cannot copy a frame");
    let rgba: Uint8ClampedArray<ArrayBuffer> | null = null;
    for await (const made of graph.push(copy)) rgba = new Uint8ClampedArray(made.toBuffer());
    copy.free();
    if (!rgba) throw new Error("the scaler gave no picture");
    return { width, height, rgba };
  }

  private async seek(seconds: number): Promise<void> {
    const { num, den } = this.stream.timeBase;
    const start = this.stream.startTime === AV_NOPTS_VALUE ? 0n : this.stream.startTime;
    if ((await this.input.context.seekFrame(this.stream.index, start + BigInt(Math.floor((seconds * den) / num)), AVSEEK_FLAG_BACKWARD)) < 0) return;
    this.decoder.flushBuffers();
    this.holds = false;
    this.ended = false;
  }

  /** Decodes one frame further; keeps the last one at the end. */
  private async decodeNext(): Promise<void> {
    const next = new Frame();
    next.alloc();
    try {
      while ((await this.decoder.receiveFrame(next)) < 0) {
        const packet = (await this.input.packets(this.stream).next()).value;
        if (!packet && this.ended) return;
        if (!packet) this.ended = true;
        if ((await this.decoder.sendPacket(packet ?? null)) < 0 && !packet) return;
        packet?.unref();
      }
      this.ended = false;
      this.frame.unref();
      check(this.frame.ref(next), "keep a frame");
      const { num, den } = this.stream.timeBase;
      const start = this.stream.startTime === AV_NOPTS_VALUE ? 0n : this.stream.startTime;
      this.at = (Number(next.bestEffortTimestamp - start) * num) / den;
      this.holds = true;
    } finally {
      next.free();
    }
  }
}
