import { setImmediate as nextTurn } from "node:timers/promises";
import { AV_CHANNEL_ORDER_NATIVE, AV_SAMPLE_FMT_FLT } from "node-av/constants";
import { Filter, FilterGraph, FilterInOut, Frame } from "node-av/lib";
import { type Loudness, SILENCE } from "../../film/loudness.ts";
import { check, drained } from "./av.ts";

export interface Format {
  rate: number;
  channels: 1 | 2;
}

/** What the end of a chain gave: interleaved samples, and the metadata that measuring filters left on them. */
export interface Block {
  samples: Float32Array;
  metadata: Record<string, string>;
}

/** A chain of FFmpeg audio filters, fed and drained block by block, so that a long sound never lies in memory. */
export class AudioGraph {
  private readonly graph = new FilterGraph();
  private readonly source;
  private readonly sink;
  private readonly frame = new Frame();
  private readonly format: Format;
  private position = 0n;

  private constructor(format: Format, source: string, target: Format, chain: string) {
    this.format = format;
    this.graph.alloc();
    this.graph.nbThreads = 1;
    this.source = this.create("abuffer", "in", source);
    this.sink = this.create("abuffersink", "out", null);
    const outputs = FilterInOut.createList([{ name: "in", filterCtx: this.source, padIdx: 0 }]);
    const inputs = FilterInOut.createList([{ name: "out", filterCtx: this.sink, padIdx: 0 }]);
    const full = `[in]${chain},aformat=sample_fmts=flt:sample_rates=${target.rate}:channel_layouts=${layoutName(target)}[out]`;
    check(this.graph.parsePtr(full, inputs, outputs), `set up the filters ${chain}`);
    this.frame.alloc();
  }

  /** Builds `chain` (FFmpeg's filter syntax) from one format to the other. */
  static async open(format: Format, target: Format, chain: string): Promise<AudioGraph> {
    const graph = new AudioGraph(format, `time_base=1/${format.rate}:sample_rate=${format.rate}:sample_fmt=flt:channel_layout=${layoutName(format)}`, target, chain);
    check(await graph.graph.config(), `set up the filters ${chain}`);
    return graph;
  }

  /** Builds `chain` for decoded frames like `first`. */
  static async forFrames(first: Frame, target: Format, chain: string): Promise<AudioGraph> {
    const layout = first.channelLayout;
    const named = layout.mask > 0n ? `0x${layout.mask.toString(16)}` : `${layout.nbChannels}c`;
    const graph = new AudioGraph(target, `time_base=1/${first.sampleRate}:sample_rate=${first.sampleRate}:sample_fmt=${first.format}:channel_layout=${named}`, target, chain);
    check(await graph.graph.config(), `set up the filters ${chain}`);
    return graph;
  }

  /** Feeds a decoded frame and yields what comes out by now. */
  async *pushFrame(frame: Frame): AsyncGenerator<Block> {
    frame.pts = this.position;
    this.position += BigInt(frame.nbSamples);
    check(this.source.buffersrcAddFrameSync(frame), "feed the filters");
    yield* this.drain();
  }

  /** Feeds interleaved samples and yields what comes out by now. */
  async *push(samples: Float32Array): AsyncGenerator<Block> {
    const count = samples.length / this.format.channels;
    if (count === 0) return;
    const frame = Frame.fromAudioBuffer(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength), {
      nbSamples: count,
      format: AV_SAMPLE_FMT_FLT,
      sampleRate: this.format.rate,
      channelLayout: { nbChannels: this.format.channels, order: AV_CHANNEL_ORDER_NATIVE, mask: this.format.channels === 1 ? 4n : 3n },
      timeBase: { num: 1, den: this.format.rate },
      pts: this.position,
    });
    this.position += BigInt(count);
    check(this.source.buffersrcAddFrameSync(frame), "feed the filters");
    frame.free();
    yield* this.drain();
    // Native memory is given back between turns of the event loop, and the calls above never wait.
    await nextTurn();
  }

  /** Says that nothing more comes, yields the rest and frees the chain. */
  async *finish(): AsyncGenerator<Block> {
    check(this.source.buffersrcAddFrameSync(null), "finish the filters");
    yield* this.drain();
    this.free();
  }

  free(): void {
    this.frame.free();
    this.graph.free();
  }

  private async *drain(): AsyncGenerator<Block> {
    while (!drained(this.sink.buffersinkGetFrameSync(this.frame), "filter")) {
      const data = this.frame.data?.[0];
      const floats = this.frame.nbSamples * this.frame.channels;
      if (data) yield { samples: new Float32Array(data.buffer.slice(data.byteOffset, data.byteOffset + floats * 4)), metadata: this.frame.getMetadata().getAll() };
      this.frame.unref();
    }
  }

  private create(kind: string, name: string, args: string | null) {
    const filter = Filter.getByName(kind);
    const context = filter && this.graph.createFilter(filter, name, args);
    if (!context) throw new Error(`this build of FFmpeg has no ${kind}`);
    return context;
  }
}

const layoutName = (format: Format): string => (format.channels === 1 ? "mono" : "stereo");

/** Runs a whole short sound through a chain. */
export async function filterSound(samples: Float32Array, format: Format, target: Format, chain: string): Promise<Float32Array> {
  const graph = await AudioGraph.open(format, target, chain);
  const blocks: Float32Array[] = [];
  for await (const block of graph.push(samples)) blocks.push(block.samples);
  for await (const block of graph.finish()) blocks.push(block.samples);
  const whole = new Float32Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let at = 0;
  for (const block of blocks) {
    whole.set(block, at);
    at += block.length;
  }
  return whole;
}

/** Measures loudness block by block. */
export class LoudnessMeter {
  private readonly graph: AudioGraph;
  private last: Loudness = SILENCE;

  private constructor(graph: AudioGraph) {
    this.graph = graph;
  }

  static async open(format: Format): Promise<LoudnessMeter> {
    return new LoudnessMeter(await AudioGraph.open(format, format, "ebur128=metadata=1:peak=true"));
  }

  async push(samples: Float32Array): Promise<void> {
    for await (const block of this.graph.push(samples)) this.read(block);
  }

  async finish(): Promise<Loudness> {
    for await (const block of this.graph.finish()) this.read(block);
    return this.last;
  }

  private read({ metadata }: Block): void {
    const integrated = Number(metadata["lavfi.r128.I"]);
    const peaks = Object.entries(metadata).flatMap(([key, value]) => (key.startsWith("lavfi.r128.true_peaks_ch") ? [Number(value)] : []));
    const peak = Math.max(...peaks);
    this.last = {
      integratedLufs: Number.isFinite(integrated) ? Math.max(SILENCE.integratedLufs, integrated) : this.last.integratedLufs,
      truePeakDbtp: Math.max(this.last.truePeakDbtp, peak > 0 ? 20 * Math.log10(peak) : SILENCE.truePeakDbtp),
    };
  }
}
