/** What is inside of a container, to the frame. Loaded when the first one is probed. */
import { CustomSource, Input, MP3, MP4, QTFF, WAVE } from "mediabunny";
import type { ProbeFacts, Source } from "./probe.ts";

/** What providers make and most people bring. Naming the demuxers keeps the others out of the bundle. */
const FORMATS = [MP4, QTFF, WAVE, MP3];

/** Null for what is none of these. Never throws on what is in it. */
export async function probeMedia({ bytes, read }: Source): Promise<ProbeFacts | null> {
  const source = new CustomSource({ getSize: () => bytes, read });
  const input = new Input({ formats: FORMATS, source });
  try {
    const [format, video, audio, seconds] = await Promise.all([input.getFormat(), input.getPrimaryVideoTrack(), input.getPrimaryAudioTrack(), input.computeDuration()]);
    if (!video && !audio) return null;
    const packets = await video?.computePacketStats();
    const mime = format.mimeType;
    return {
      kind: video ? "video" : "audio", contentType: !video && mime === "video/mp4" ? "audio/mp4" : mime, bytes, durationMs: Math.round(seconds * 1_000),
      width: video?.displayWidth ?? null, height: video?.displayHeight ?? null, frames: packets?.packetCount ?? null, frameRate: packets?.averagePacketRate ?? null,
      videoCodec: video?.codec ?? null, videoProfile: (await video?.getCodecParameterString()) ?? null, audioCodec: audio?.codec ?? null, sampleRate: audio?.sampleRate ?? null, channels: audio?.numberOfChannels ?? null,
    };
  } catch {
    return null;
  } finally {
    input.dispose();
  }
}
