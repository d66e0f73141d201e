import { Decoder, Demuxer, Encoder, FilterAPI, Muxer, pipeline } from "node-av/api";
import { FF_ENCODER_AAC, FF_ENCODER_FLAC, FF_ENCODER_LIBMP3LAME, FF_ENCODER_LIBOPUS } from "node-av/constants";

/** How each encoder wants samples, and so many of them in a frame. */
const encoders = { opus: [FF_ENCODER_LIBOPUS, "s16", 960], aac: [FF_ENCODER_AAC, "fltp", 1_024], flac: [FF_ENCODER_FLAC, "s16", 1_024], mp3: [FF_ENCODER_LIBMP3LAME, "fltp", 1_152] } as const;

/** A sound as people bring it: coded, in the container that the path's ending names. */
export async function record(from: string, to: string, name: keyof typeof encoders): Promise<void> {
  const input = await Demuxer.open(from);
  const stream = input.audio();
  if (!stream) throw new Error("there is no sound to record");
  const decoder = await Decoder.create(stream);
  const [codec, format, samples] = encoders[name];
  const filter = FilterAPI.create(`aformat=sample_fmts=${format}:sample_rates=48000,asetnsamples=n=${samples}:p=0`, {});
  const encoder = await Encoder.create(codec, { decoder, filter });
  const output = await Muxer.open(to);
  await pipeline(input, decoder, filter, encoder, output).completion;
  await output.close();
  await input.close();
}
