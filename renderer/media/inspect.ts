import { statSync } from "node:fs";
import { AV_DISPOSITION_ATTACHED_PIC, AV_NOPTS_VALUE } from "node-av/constants";
import { InputError } from "../model.ts";
import { shownSize, type Size } from "./fitting.ts";
import { MediaInput } from "./input.ts";

/** The longest video or sound that is taken from outside. */
export const MOST_SECONDS = 30 * 60;
/** The largest picture, or frame of a video. */
const MOST_PIXELS = 100_000_000;

export const mediaKinds = ["video", "audio", "image"] as const;
export type MediaKind = (typeof mediaKinds)[number];

/** What a file says of itself before it is decoded. */
export interface MediaClaims {
  /** How long it claims to be; null where it does not say. */
  seconds: number | null;
  /** Its picture is one still: it was made as a picture, not as a video. */
  still: boolean;
  /** Its picture moves, as far as its container tells. */
  moving: boolean;
  /** The size at which its picture is shown; null where it has none. */
  size: Size | null;
  /** Channels of its sound; 0 where it has none. */
  channels: number;
}

/** Refuses what is not of its kind, longer than half an hour or larger than 100 million pixels. Throws `InputError`. */
export async function inspect(path: string, kind: MediaKind): Promise<MediaClaims> {
  if (statSync(path).size === 0) throw new InputError("the file is empty");
  const media = await MediaInput.open(path);
  try {
    const { video, audio } = media;
    const pictured = video && !video.hasDisposition(AV_DISPOSITION_ATTACHED_PIC) ? video : null;
    if (kind === "audio" && !audio) throw new InputError("the file has no sound");
    if (kind !== "audio" && !pictured) throw new InputError("the file has no picture");
    if (pictured && pictured.codecpar.width * pictured.codecpar.height > MOST_PIXELS) throw new InputError("the picture has more than 100 million pixels");
    const { duration } = media.context;
    const seconds = duration === AV_NOPTS_VALUE || duration <= 0n ? null : Number(duration) / 1_000_000;
    if (kind !== "image" && seconds !== null && seconds > MOST_SECONDS) throw new InputError(`the file is longer than ${MOST_SECONDS / 60} minutes`);
    const container = media.context.iformat?.name ?? "";
    const still = container.endsWith("_pipe");
    return { seconds, still, moving: !still && container !== "gif" && pictured?.nbFrames !== 1n, size: pictured ? shownSize(pictured) : null, channels: audio?.codecpar.channels ?? 0 };
  } finally {
    await media.close();
  }
}

/** Of what a file says that it lasts, so much may be missing. */
const MOST_MISSING_SECONDS = 1;

/** Refuses a video of which less is there than it says. Throws `InputError`. */
export function refuseDamaged({ seconds }: MediaClaims, there: number): void {
  if (seconds === null || there >= seconds - MOST_MISSING_SECONDS) return;
  throw new InputError(`the video is damaged: it says that it lasts ${seconds.toFixed(2)} s, and ${there.toFixed(2)} s of it are there`);
}
