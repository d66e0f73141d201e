import { setImmediate as nextTurn } from "node:timers/promises";
import { AV_CODEC_FLAG_GLOBAL_HEADER, AV_CODEC_ID_MOV_TEXT, AV_CHANNEL_ORDER_NATIVE, AV_DISPOSITION_DEFAULT, AV_PKT_FLAG_KEY, AV_SAMPLE_FMT_FLTP, AVFMT_FLAG_BITEXACT, AVMEDIA_TYPE_SUBTITLE, FF_ENCODER_AAC } from "node-av/constants";
import { Codec, CodecContext, Dictionary, FormatContext, Frame, Packet, Rational, type Stream } from "node-av/lib";
import { check, drained } from "../media/av.ts";
import { FRAME_RATE, TICKS_PER_FRAME, TIME_BASE } from "../media/encode.ts";
import { readBlocks } from "./master.ts";
import { RATE, SAMPLES_PER_FRAME } from "./mix.ts";
import { type Cue, mp4Language, textHeader, textSample } from "./subtitles.ts";

const AAC_BITS_PER_SECOND = 160_000;
const AAC_FRAME = 1024;
const MILLISECONDS = { num: 1, den: 1000 };

export interface MuxOptions {
  path: string;
  title: string;
  language: string;
  frames: number;
  /** Picture: one packet a frame, in order. */
  picture: AsyncGenerator<Packet>;
  /** An encoder of the picture's kind: it describes the stream. */
  pictureCodec: CodecContext;
  /** The header that the picture's packets were written under. */
  pictureHeader: Buffer;
  /** Sound: a file of interleaved stereo floats at 48 kHz; null is silence. */
  soundPath: string | null;
  captions: Cue[] | null;
  /** Called after each second of film with the frames that are done. */
  onFrames(done: number): void;
}

/** Writes the film: H.264 as it comes, AAC, a text track where there are captions, its index at the front. */
export async function muxFilm(options: MuxOptions): Promise<void> {
  const output = new FormatContext();
  check(output.allocOutputContext2(null, "mp4", options.path), "open the film");
  output.setFlags(AVFMT_FLAG_BITEXACT);
  const writer = new FilmWriter(output, options);
  try {
    await writer.open();
    let frame = 0;
    for await (const packet of options.picture) {
      writer.writePicture(packet, frame);
      frame += 1;
      await writer.soundUpTo(frame);
      if (frame % FRAME_RATE !== 0) continue;
      options.onFrames(frame);
      // The calls above do not wait, which is faster; once a second of film the process hears what else there is.
      await nextTurn();
    }
    if (frame !== options.frames) throw new Error(`the picture has ${frame} frames where ${options.frames} were laid out`);
    await writer.finish();
  } finally {
    writer.free();
    await output.closeOutput();
    output.freeContext();
  }
}

/** Nothing to read: what is not there is not heard. */
async function* silence(): AsyncGenerator<Float32Array> {}

/** A coded frame of sound, and when it is heard, in samples. */
interface CodedSound {
  data: Buffer;
  pts: bigint;
}

class FilmWriter {
  private readonly output: FormatContext;
  private readonly options: MuxOptions;
  private readonly picture: Stream;
  private readonly sound: Stream;
  private readonly text: Stream | null;
  private readonly encoder = new CodecContext();
  private readonly packet = new Packet();
  private readonly blocks: AsyncGenerator<Float32Array>;
  /** Interleaved samples that do not fill a frame of the sound encoder yet. */
  private waiting = new Float32Array(0);
  private encoded = 0;
  private lastSound: CodedSound = { data: Buffer.alloc(0), pts: 0n };
  /** A film without sound is silent from here on: the same coded frame again and again, without encoding it. */
  private settled = false;
  private readonly samples: number;
  private cue = 0;

  constructor(output: FormatContext, options: MuxOptions) {
    this.output = output;
    this.options = options;
    this.samples = options.frames * SAMPLES_PER_FRAME;
    this.blocks = options.soundPath === null ? silence() : readBlocks(options.soundPath);
    this.packet.alloc();
    this.picture = output.newStream(null);
    this.sound = output.newStream(null);
    this.text = options.captions ? output.newStream(null) : null;
  }

  async open(): Promise<void> {
    check(this.options.pictureCodec.parametersFromContext(this.picture.codecpar), "describe the picture");
    this.picture.codecpar.extradata = this.options.pictureHeader;
    this.picture.timeBase = new Rational(TIME_BASE.num, TIME_BASE.den);
    this.picture.avgFrameRate = new Rational(FRAME_RATE, 1);
    await this.openSound();
    if (this.text) {
      this.text.codecpar.codecType = AVMEDIA_TYPE_SUBTITLE;
      this.text.codecpar.codecId = AV_CODEC_ID_MOV_TEXT;
      this.text.codecpar.extradata = textHeader();
      this.text.timeBase = new Rational(MILLISECONDS.num, MILLISECONDS.den);
      this.text.metadata = Dictionary.fromObject({ language: mp4Language(this.options.language) });
    }
    this.sound.metadata = Dictionary.fromObject({ language: mp4Language(this.options.language) });
    this.picture.setDisposition(AV_DISPOSITION_DEFAULT);
    this.sound.setDisposition(AV_DISPOSITION_DEFAULT);
    this.output.metadata = Dictionary.fromObject({ title: this.options.title });
    check(await this.output.openOutput(), "open the film");
    check(await this.output.writeHeader(Dictionary.fromObject({ movflags: "+faststart", video_track_timescale: String(TIME_BASE.den) })), "write the film's header");
  }

  writePicture(packet: Packet, frame: number): void {
    packet.streamIndex = this.picture.index;
    packet.pts = BigInt(frame) * TICKS_PER_FRAME;
    packet.dts = packet.pts;
    packet.duration = TICKS_PER_FRAME;
    packet.rescaleTs(TIME_BASE, this.picture.timeBase);
    check(this.output.interleavedWriteFrameSync(packet), "write a picture");
  }

  /** Encodes sound, and writes captions, until they have caught up with the picture. */
  async soundUpTo(frame: number): Promise<void> {
    const cues = this.options.captions ?? [];
    for (let next = cues[this.cue]; next && next.startMs * FRAME_RATE <= frame * 1000; next = cues[this.cue]) {
      this.writeCue(next);
      this.cue += 1;
    }
    const until = Math.min(this.samples, frame * SAMPLES_PER_FRAME);
    while (this.encoded < until && this.encoded + Math.min(AAC_FRAME, this.samples - this.encoded) <= until) await this.encodeSound();
  }

  async finish(): Promise<void> {
    if (this.settled) while (Number(this.lastSound.pts) + AAC_FRAME < this.samples) this.repeatSilence();
    else {
      check(this.encoder.sendFrameSync(null), "finish the sound");
      this.drainSound();
    }
    check(await this.output.writeTrailer(), "finish the film");
  }

  free(): void {
    void this.blocks.return(undefined);
    this.packet.free();
    this.encoder.freeContext();
  }

  private async openSound(): Promise<void> {
    const codec = Codec.findEncoderByName(FF_ENCODER_AAC);
    if (!codec) throw new Error("this build of FFmpeg has no AAC encoder");
    this.encoder.allocContext3(codec);
    this.encoder.sampleRate = RATE;
    this.encoder.sampleFormat = AV_SAMPLE_FMT_FLTP;
    this.encoder.channelLayout = { nbChannels: 2, order: AV_CHANNEL_ORDER_NATIVE, mask: 3n };
    this.encoder.bitRate = BigInt(AAC_BITS_PER_SECOND);
    this.encoder.timeBase = new Rational(1, RATE);
    this.encoder.threadCount = 1;
    this.encoder.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
    check(await this.encoder.open2(codec, null), "open the sound encoder");
    check(this.encoder.parametersFromContext(this.sound.codecpar), "describe the sound");
    this.sound.timeBase = new Rational(1, RATE);
  }

  private async encodeSound(): Promise<void> {
    const count = Math.min(AAC_FRAME, this.samples - this.encoded);
    if (this.settled) {
      this.encoded += count;
      this.repeatSilence();
      return;
    }
    const interleaved = await this.take(count);
    const planes = new Float32Array(2 * count);
    for (let n = 0; n < count; n += 1) {
      planes[n] = interleaved[2 * n] ?? 0;
      planes[count + n] = interleaved[2 * n + 1] ?? 0;
    }
    const frame = Frame.fromAudioBuffer(Buffer.from(planes.buffer), {
      nbSamples: count,
      format: AV_SAMPLE_FMT_FLTP,
      sampleRate: RATE,
      channelLayout: { nbChannels: 2, order: AV_CHANNEL_ORDER_NATIVE, mask: 3n },
      timeBase: { num: 1, den: RATE },
      pts: BigInt(this.encoded),
    });
    this.encoded += count;
    check(this.encoder.sendFrameSync(frame), "encode the sound");
    frame.free();
    this.drainSound();
  }

  /** The next samples, silence where the file has ended. */
  private async take(count: number): Promise<Float32Array> {
    while (this.waiting.length < 2 * count) {
      const { value } = await this.blocks.next();
      const more = value ?? new Float32Array(2 * count);
      const joined = new Float32Array(this.waiting.length + more.length);
      joined.set(this.waiting);
      joined.set(more, this.waiting.length);
      this.waiting = joined;
    }
    const taken = this.waiting.subarray(0, 2 * count);
    this.waiting = this.waiting.subarray(2 * count);
    return taken;
  }

  private drainSound(): void {
    while (!drained(this.encoder.receivePacketSync(this.packet), "encode the sound")) {
      if (this.options.soundPath === null) this.settle({ data: Buffer.from(this.packet.data ?? []), pts: this.packet.pts });
      this.writeSound();
    }
  }

  /** Two coded frames that are equal: with nothing but silence to come, so are all that follow. */
  private settle(coded: CodedSound): void {
    this.settled ||= coded.data.length > 0 && coded.data.equals(this.lastSound.data);
    this.lastSound = coded;
  }

  private repeatSilence(): void {
    const pts = this.lastSound.pts + BigInt(AAC_FRAME);
    if (Number(pts) >= this.samples) return;
    this.lastSound.pts = pts;
    this.packet.data = this.lastSound.data;
    this.packet.pts = pts;
    this.packet.dts = pts;
    this.packet.duration = BigInt(Math.min(AAC_FRAME, this.samples - Number(pts)));
    this.packet.flags = AV_PKT_FLAG_KEY;
    this.writeSound();
  }

  private writeSound(): void {
    this.packet.streamIndex = this.sound.index;
    this.packet.rescaleTs({ num: 1, den: RATE }, this.sound.timeBase);
    check(this.output.interleavedWriteFrameSync(this.packet), "write the sound");
  }

  private writeCue(cue: Cue): void {
    if (!this.text) return;
    const end = Math.min(cue.endMs, (this.options.frames * 1000) / FRAME_RATE);
    this.packet.data = textSample(cue.text);
    this.packet.streamIndex = this.text.index;
    this.packet.pts = BigInt(cue.startMs);
    this.packet.dts = this.packet.pts;
    this.packet.duration = BigInt(Math.max(1, Math.floor(end) - cue.startMs));
    this.packet.flags = AV_PKT_FLAG_KEY;
    this.packet.rescaleTs(MILLISECONDS, this.text.timeBase);
    check(this.output.interleavedWriteFrameSync(this.packet), "write a caption");
  }
}
