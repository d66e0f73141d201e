import { Filter, FilterGraph, FilterInOut, Frame } from "node-av/lib";
import { check, drained } from "./av.ts";

/** A chain of FFmpeg video filters that is set up for the first frame it gets. */
export class VideoGraph {
  private readonly graph = new FilterGraph();
  private readonly frame = new Frame();
  private readonly source;
  private readonly sink;
  readonly width: number;
  readonly height: number;
  readonly format: number;

  private constructor(first: Frame, timeBase: { num: number; den: number }, chain: string) {
    this.width = first.width;
    this.height = first.height;
    this.format = first.format;
    this.graph.alloc();
    this.graph.nbThreads = 1;
    const sar = first.sampleAspectRatio;
    const pixel = sar.num > 0 && sar.den > 0 ? `${sar.num}/${sar.den}` : "1/1";
    this.source = this.create("buffer", "in", `video_size=${first.width}x${first.height}:pix_fmt=${first.format}:time_base=${timeBase.num}/${timeBase.den}:pixel_aspect=${pixel}:colorspace=${first.colorSpace}:range=${first.colorRange}`);
    this.sink = this.create("buffersink", "out", null);
    const outputs = FilterInOut.createList([{ name: "in", filterCtx: this.source, padIdx: 0 }]);
    const inputs = FilterInOut.createList([{ name: "out", filterCtx: this.sink, padIdx: 0 }]);
    check(this.graph.parsePtr(`[in]${chain}[out]`, inputs, outputs), `set up the filters ${chain}`);
    this.frame.alloc();
  }

  static async open(first: Frame, timeBase: { num: number; den: number }, chain: string): Promise<VideoGraph> {
    const graph = new VideoGraph(first, timeBase, chain);
    check(await graph.graph.config(), `set up the filters ${chain}`);
    return graph;
  }

  /** Feeds a frame (null: there are no more) and yields what comes out by now; a frame lives until the next is asked for. */
  async *push(frame: Frame | null): AsyncGenerator<Frame> {
    check(await this.source.buffersrcAddFrame(frame), "feed the filters");
    while (!drained(await this.sink.buffersinkGetFrame(this.frame), "filter")) {
      yield this.frame;
      this.frame.unref();
    }
  }

  free(): void {
    this.frame.free();
    this.graph.free();
  }

  private create(kind: string, name: string, args: string | null) {
    const filter = Filter.getByName(kind);
    const context = filter && this.graph.createFilter(filter, name, args);
    if (!context) throw new Error(`cannot set up ${kind} with ${args ?? "nothing"}`);
    return context;
  }
}
