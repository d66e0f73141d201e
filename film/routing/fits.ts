import type { Aspect } from "../film.ts";
import { resolutions, type Resolution } from "../inputs/model-request.ts";

/** What a model can be asked for. */
export interface Limits {
  /** Lengths: any between these, or only `only`. Null where it has no length. */
  seconds: { least: number; most: number; only: readonly number[] | null } | null;
  aspects: readonly Aspect[];
  /** The first is what it is asked for where nobody says. */
  resolutions: readonly Resolution[];
  firstFrame: "never" | "may" | "must";
  promptMax: number;
  /** Null: any. */
  languages: readonly string[] | null;
}

/** What is asked for. Null: nobody says, or it has none. */
export interface Wanted {
  seconds: number | null;
  /** The length is that of a file that is given; absent: it is made, and what is too long is cut. */
  isGiven?: true;
  aspect: Aspect | null;
  resolution: Resolution | null;
  /** `need`: it must begin with a given picture; `have`: there is one that it may begin with. */
  firstFrame: "need" | "have" | "none";
  /** Letters of a text that cannot be cut: what is spoken. Null: a prompt, which can. */
  letters: number | null;
  language: string | null;
}

/** One thing that is not possible, and what comes nearest to it and is. Null where nothing does. */
export interface Misfit {
  field: "seconds" | "aspect" | "resolution" | "firstFrame" | "prompt" | "language";
  detail: string;
  nearest: number | string | null;
}

/** Everything in which a model falls short of what is wanted. A length below its shortest is none where it is made: what comes back is trimmed. */
export function misfits(limits: Limits, wanted: Wanted): Misfit[] {
  return [secondsOf(limits, wanted), aspectOf(limits, wanted), resolutionOf(limits, wanted), firstFrameOf(limits, wanted), promptOf(limits, wanted), languageOf(limits, wanted)].flatMap((misfit) => misfit ?? []);
}

/** The first of them, or null where the model can do it. */
export const fits = (limits: Limits, wanted: Wanted): Misfit | null => misfits(limits, wanted)[0] ?? null;

const rounded = (seconds: number): number => Math.round(seconds * 10) / 10;

/** Half a frame of grace: lengths are frames, and seconds of them are fractions. */
const GRACE = 1 / 48;

function secondsOf({ seconds }: Limits, { seconds: asked, isGiven }: Wanted): Misfit | null {
  if (seconds === null || asked === null) return null;
  const { least } = seconds;
  if (isGiven && asked < least - GRACE) return { field: "seconds", detail: `It takes at least ${least} seconds, and this is ${rounded(asked)}.`, nearest: least };
  const most = seconds.only ? Math.max(...seconds.only) : seconds.most;
  return asked <= most + GRACE ? null : { field: "seconds", detail: `It makes at most ${most} seconds, and this is ${rounded(asked)}.`, nearest: most };
}

const ratios: Record<Aspect, number> = { "16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1 };

function aspectOf({ aspects }: Limits, { aspect }: Wanted): Misfit | null {
  if (aspect === null || aspects.length === 0 || aspects.includes(aspect)) return null;
  const away = (other: Aspect) => Math.abs(Math.log(ratios[other] / ratios[aspect]));
  const nearest = aspects.reduce((best, other) => (away(other) < away(best) ? other : best));
  return { field: "aspect", detail: `It makes ${aspects.join(" and ")}, not ${aspect}.`, nearest };
}

function resolutionOf({ resolutions: able }: Limits, { resolution }: Wanted): Misfit | null {
  if (resolution === null || able.length === 0 || able.includes(resolution)) return null;
  const away = (other: Resolution) => Math.abs(resolutions.indexOf(other) - resolutions.indexOf(resolution));
  return { field: "resolution", detail: `It makes ${able.join(" and ")}, not ${resolution}.`, nearest: able.reduce((best, other) => (away(other) < away(best) ? other : best)) };
}

function firstFrameOf({ firstFrame }: Limits, { firstFrame: given }: Wanted): Misfit | null {
  if (given === "need" && firstFrame === "never") return { field: "firstFrame", detail: "It takes no picture to begin with.", nearest: "none" };
  if (given === "none" && firstFrame === "must") return { field: "firstFrame", detail: "It must be given a picture to begin with.", nearest: "need" };
  return null;
}

function promptOf({ promptMax }: Limits, { letters }: Wanted): Misfit | null {
  return letters === null || letters <= promptMax ? null : { field: "prompt", detail: `It takes at most ${promptMax} letters, and this has ${letters}.`, nearest: promptMax };
}

function languageOf({ languages }: Limits, { language }: Wanted): Misfit | null {
  const code = language?.split("-")[0]?.toLowerCase() ?? null;
  if (code === null || languages === null || languages.includes(code)) return null;
  return { field: "language", detail: `It does not speak ${language}.`, nearest: languages.includes("en") ? "en" : (languages[0] ?? null) };
}
