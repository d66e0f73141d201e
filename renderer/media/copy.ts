import { setImmediate as nextTurn } from "node:timers/promises";
import { AV_NOPTS_VALUE, AVERROR_EOF, AVFMT_FLAG_BITEXACT } from "node-av/constants";
import { Dictionary, FormatContext, Packet, type Stream } from "node-av/lib";
import { InputError } from "../model.ts";
import { check } from "./av.ts";
import { usualDuration } from "./conform.ts";
import { MediaInput } from "./input.ts";

/** After so many packets the process hears what else there is. */
const PACKETS_A_TURN = 200;

/** Writes picture and sound of a video anew into an MP4, as they are coded, with its index at the front: nothing else of the file survives. Says how many seconds of picture that is. */
export async function copyVideo(path: string, to: string, signal: AbortSignal): Promise<{ seconds: number }> {
  const input = await MediaInput.open(path);
  const output = new FormatContext();
  const packet = new Packet();
  packet.alloc();
  try {
    if (!input.video) throw new InputError("the file has no picture");
    check(output.allocOutputContext2(null, "mp4", to), "open the video");
    output.setFlags(AVFMT_FLAG_BITEXACT);
    const streams = new Map<number, { from: Stream; to: Stream }>();
    for (const from of [input.video, input.audio]) if (from) streams.set(from.index, { from, to: copied(from, output) });
    check(await output.openOutput(), "open the video");
    if ((await output.writeHeader(Dictionary.fromObject({ movflags: "+faststart" }))) < 0) throw new InputError("the video is coded in a way that no MP4 holds");
    let [end, count] = [0, 0];
    for (;;) {
      const code = input.context.readFrameSync(packet);
      if (code === AVERROR_EOF) break;
      if (code < 0) throw new InputError("the file is damaged: it cannot be read to its end");
      const stream = streams.get(packet.streamIndex);
      if (stream) {
        // Without it the last picture would last no time at all.
        if (stream.from === input.video && packet.duration <= 0n) packet.duration = usualDuration(stream.from);
        if (stream.from === input.video) end = Math.max(end, endOf(packet, stream.from));
        packet.streamIndex = stream.to.index;
        packet.rescaleTs(stream.from.timeBase, stream.to.timeBase);
        if (output.interleavedWriteFrameSync(packet) < 0) throw new InputError("the file is damaged: its times go backwards");
      }
      packet.unref();
      count += 1;
      if (count % PACKETS_A_TURN === 0) {
        signal.throwIfAborted();
        await nextTurn();
      }
    }
    check(await output.writeTrailer(), "finish the video");
    return { seconds: end };
  } finally {
    packet.free();
    await input.close();
    await output.closeOutput();
    output.freeContext();
  }
}

function copied(from: Stream, output: FormatContext): Stream {
  const to = output.newStream(null);
  check(from.codecpar.copy(to.codecpar), "describe what is copied");
  // The tag is the old container's; the new one has its own.
  to.codecpar.codecTag = 0;
  to.timeBase = from.timeBase;
  return to;
}

/** When a packet is over, in seconds from the stream's beginning. */
function endOf({ pts, duration }: Packet, { timeBase, startTime }: Stream): number {
  if (pts === AV_NOPTS_VALUE) return 0;
  const start = startTime === AV_NOPTS_VALUE ? 0n : startTime;
  return (Number(pts - start + duration) * timeBase.num) / timeBase.den;
}
