import { Decoder, Demuxer, Encoder, FilterAPI, Muxer, pipeline } from "node-av/api";

/** Samples in a frame of each encoder, and how it wants them. */
const encoders = { libopus: ["s16", 960], aac: ["fltp", 1_024], flac: ["s16", 1_024], libmp3lame: ["fltp", 1_152] } as const;

/** A sound as people bring it: coded, in the container that the path's ending names. */
export async function record(from: string, to: string, name: keyof typeof encoders): Promise<void> {
  const input = await Demuxer.open(from);
  const stream = input.audio();
  if (!stream) throw new Error("there is no sound to record");
  const decoder = await Decoder.create(stream);
  const [format, samples] = encoders[name];
  const filter = FilterAPI.create(`aformat=sample_fmts=${format}:sample_rates=48000,asetnsamples=n=${samples}:p=0`, {});
  const encoder = await Encoder.create(name, { decoder, filter });
  const output = await Muxer.open(to);
  await pipeline(input, decoder, filter, encoder, output).completion;
  await output.close();
  await input.close();
}
