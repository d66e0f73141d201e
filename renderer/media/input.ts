import { AVERROR_EOF, AVMEDIA_TYPE_AUDIO, AVMEDIA_TYPE_VIDEO } from "node-av/constants";
import { Codec, CodecContext, FormatContext, Frame, Packet, type Stream } from "node-av/lib";
import { InputError } from "../model.ts";
import { check } from "./av.ts";

/** A file that is read: its streams, its packets one by one, and what they decode to. Memory does not grow with its length. */
export class MediaInput {
  readonly video: Stream | null;
  readonly audio: Stream | null;
  readonly context: FormatContext;
  private readonly packet = new Packet();

  private constructor(context: FormatContext) {
    this.context = context;
    this.video = this.best(AVMEDIA_TYPE_VIDEO);
    this.audio = this.best(AVMEDIA_TYPE_AUDIO);
    this.packet.alloc();
  }

  /**
   * Opens a local file. Throws `InputError` where it is no media file. Streams are known as well as decoding their beginning can tell;
   * with `trust: "header"` only as the file's header describes them, which is enough for clips of ours, and takes a thirtieth of the time.
   */
  static async open(path: string, options: { trust: "header" | "content" } = { trust: "content" }): Promise<MediaInput> {
    const context = new FormatContext();
    // A playlist could name other files and hosts: nothing but the file itself is read.
    context.allocContext();
    context.setOption("protocol_whitelist", "file");
    context.setOption("format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,ogg,wav,w64,aiff,flac,mp3,aac,caf,gif,png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe");
    if ((await context.openInput(path)) < 0) throw new InputError("the file is not a video, sound or picture that can be read");
    if (options.trust === "content" && (await context.findStreamInfo()) < 0) {
      await context.closeInput();
      throw new InputError("the file is damaged: its streams cannot be read");
    }
    return new MediaInput(context);
  }

  /** Packets of one stream, in decoding order. The packet is used again for the next. */
  async *packets(stream: Stream): AsyncGenerator<Packet> {
    for (;;) {
      const code = this.context.readFrameSync(this.packet);
      if (code === AVERROR_EOF) return;
      if (code < 0) throw new InputError("the file is damaged: it cannot be read to its end");
      if (this.packet.streamIndex === stream.index) yield this.packet;
      this.packet.unref();
    }
  }

  /** Decoded frames of one stream, in presentation order. The frame is used again for the next. Damaged packets are passed over. */
  async *frames(stream: Stream): AsyncGenerator<Frame> {
    const codec = Codec.findDecoder(stream.codecpar.codecId);
    if (!codec) throw new InputError(`the file is coded in a way that cannot be decoded here`);
    const decoder = new CodecContext();
    decoder.allocContext3(codec);
    check(decoder.parametersToContext(stream.codecpar), "set up the decoder");
    decoder.pktTimebase = stream.timeBase;
    decoder.threadCount = 1;
    check(await decoder.open2(codec, null), "open the decoder");
    const frame = new Frame();
    frame.alloc();
    try {
      for await (const packet of this.packets(stream)) {
        if ((await decoder.sendPacket(packet)) < 0) continue;
        while ((await decoder.receiveFrame(frame)) >= 0) yield frame;
      }
      await decoder.sendPacket(null);
      while ((await decoder.receiveFrame(frame)) >= 0) yield frame;
    } finally {
      frame.free();
      decoder.freeContext();
    }
  }

  async close(): Promise<void> {
    this.packet.free();
    await this.context.closeInput();
  }

  private best(type: typeof AVMEDIA_TYPE_VIDEO): Stream | null {
    const index = this.context.findBestStream(type, -1, -1);
    return index < 0 ? null : (this.context.streams[index] ?? null);
  }
}
