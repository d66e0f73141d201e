/** A film as HLS in the way of Stream: CMAF, sound in a group of its own, one rendition (the file's own packets, nothing is encoded). */
import {
  BufferSource, BufferTarget, CmafOutputFormat, EncodedAudioPacketSource, EncodedPacketSink, EncodedVideoPacketSource, HlsOutputFormat, Input, MP4, Output, PathedTarget, QTFF, type EncodedPacket, type InputAudioTrack, type InputVideoTrack,
} from "mediabunny";

const SEGMENT_SECONDS = 4;
const ROOT = "root.m3u8";

export interface HlsFile {
  contentType: string;
  bytes: Uint8Array<ArrayBuffer>;
}
type Files = Map<string, HlsFile>;

/** The files of a film by their path; the first to be asked for is `video.m3u8`. Throws where the bytes are no MP4 with pictures. */
export async function packaged(bytes: Uint8Array<ArrayBuffer>): Promise<ReadonlyMap<string, HlsFile>> {
  const input = new Input({ formats: [MP4, QTFF], source: new BufferSource(bytes) });
  const [video, audio] = [await input.getPrimaryVideoTrack(), await input.getPrimaryAudioTrack()];
  if (!video) throw new Error("there are no pictures in it");
  const pictures = await streamOf(video, "stream_video");
  const sound = audio && (await streamOf(audio, "stream_audio"));
  const attributes = /#EXT-X-STREAM-INF:(.*)/.exec(textOf(pictures.get(ROOT)))?.[1] ?? "";
  const codecs = [await video.getCodecParameterString(), audio && (await audio.getCodecParameterString())].filter((codec) => codec !== null).join(",");
  const master = [
    "#EXTM3U", "#EXT-X-VERSION:6", "#EXT-X-INDEPENDENT-SEGMENTS",
    ...(sound ? ['#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="group_audio",NAME="original",DEFAULT=YES,AUTOSELECT=YES,URI="stream_audio.m3u8"'] : []),
    `#EXT-X-STREAM-INF:${attributes.replace(/CODECS="[^"]*"/, `CODECS="${codecs}"`)}${sound ? ',AUDIO="group_audio"' : ""}`, "stream_video.m3u8", "",
  ].join("\n");
  return new Map([...pictures, ...(sound ?? []), ["video.m3u8", { contentType: "application/vnd.apple.mpegurl", bytes: Uint8Array.from(new TextEncoder().encode(master)) }]]);
}

const textOf = (file: HlsFile | undefined): string => new TextDecoder().decode(file?.bytes);

/** One track as a playlist with its segments. */
async function streamOf(track: InputVideoTrack | InputAudioTrack, name: string): Promise<Files> {
  const made = new Map<string, { contentType: string; target: BufferTarget }>();
  const output = new Output({
    format: new HlsOutputFormat({ segmentFormat: new CmafOutputFormat(), targetDuration: SEGMENT_SECONDS, getPlaylistPath: () => `${name}.m3u8`, getInitPath: () => `${name}_init.mp4`, getSegmentPath: ({ n }) => `${name}_${n}.mp4` }),
    target: new PathedTarget(ROOT, ({ path, mimeType }) => {
      const target = new BufferTarget();
      made.set(path, { contentType: mimeType, target });
      return target;
    }),
  });
  const add = track.isVideoTrack() ? await pictureFeed(output, track) : track.isAudioTrack() ? await soundFeed(output, track) : null;
  if (!add) throw new Error(`the track of ${name} cannot be copied`);
  await output.start();
  for await (const packet of new EncodedPacketSink(track).packets()) await add(packet);
  await output.finalize();
  return new Map([...made].map(([path, { contentType, target }]) => [path, { contentType, bytes: new Uint8Array(target.buffer ?? new ArrayBuffer(0)) }]));
}

async function pictureFeed(output: Output, track: InputVideoTrack): Promise<((packet: EncodedPacket) => Promise<void>) | null> {
  const [codec, decoderConfig] = [await track.getCodec(), await track.getDecoderConfig()];
  if (!codec || !decoderConfig) return null;
  const source = new EncodedVideoPacketSource(codec);
  output.addVideoTrack(source);
  return (packet) => source.add(packet, { decoderConfig });
}

async function soundFeed(output: Output, track: InputAudioTrack): Promise<((packet: EncodedPacket) => Promise<void>) | null> {
  const [codec, decoderConfig] = [await track.getCodec(), await track.getDecoderConfig()];
  if (!codec || !decoderConfig) return null;
  const source = new EncodedAudioPacketSource(codec);
  output.addAudioTrack(source);
  return (packet) => source.add(packet, { decoderConfig });
}
