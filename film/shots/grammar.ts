import { hashOf } from "../breakdown/index.ts";
import type { CameraMove, Framing, Setting } from "../film.ts";

/** What kind of moment a picture shows; decides its size and move where the script does not. */
export type Moment = "establishing" | "action" | "detail" | "single" | "two-shot" | "over-shoulder" | "listening" | "chorus" | "narrated";

export interface Frame {
  moment: Moment;
  text: string;
  people: number;
  setting: Setting | null;
  /** The framing before, in the same scene. */
  previous: Framing | null;
  /** Who is seen is the same as before. */
  sameSubject: boolean;
  intimate: boolean;
  seed: number;
}

const FAR = /\b(?:mountain|valley|desert|city|skyline|sea|ocean|horizon|forest|field|coast|harbour|harbor|planet|earth|road|river|landscape|peaks|glacier|caravan|tiny|distance|far away|far below)\b/i;
const FACE = /\b(?:eyes?|face|tears?|smil|stares?|whispers?|blinks?|lips|cries|weeps?|grins?|frowns?|gasps?|breath|reads|listens|looks? (?:up|at)|notices|realis|realiz|nods?|swallows)/i;
const WHOLE = /\b(?:runs?|walks?|enters?|crosses|jumps?|falls?|dances?|climbs?|stands?|leaps?|races?|sprints?|vaults?|swings?|marches|staggers?|rides?|crawls?|rushes|bursts?|chases?|kneels?|floats?)\b/i;
const UP = /\b(?:looks? up|rises?|climbs? up|towers?|toward the sky|ascends?|lifts off|above)\b/i;
const DOWN = /\b(?:falls?|drops?|looks? down|sinks?|descends?|collapses?|below)\b/i;
const CHAOS = /\b(?:chaos|fights?|explod|explosion|runs?|sprints?|chase|crash|panic|struggles?|shakes|smash)/i;
const TRAVELS = /\b(?:walks?|crosses|drives?|rides?|passes|strolls?|marches|carries|drags?|sails?|flies|along|past|through|approaches)\b/i;

/** Size of a shot. Two in a row of the same subject are never the same size. */
export function framingFor(frame: Frame): Framing {
  const size = basic(frame);
  if (size !== frame.previous || !frame.sameSubject || frame.moment === "two-shot") return size;
  const other: Partial<Record<Framing, Framing>> = { "extreme-wide": "wide", wide: "medium", full: "medium", medium: "medium-close", "medium-close": "close", close: "medium-close", "extreme-close": "close", insert: "extreme-close", "over-shoulder": "medium-close" };
  return other[size] ?? size;
}

function basic({ moment, text, people, setting, intimate, seed }: Frame): Framing {
  switch (moment) {
    case "establishing":
      return setting === "exterior" && (FAR.test(text) || people === 0) ? "extreme-wide" : "wide";
    case "detail":
      return people === 0 || hashOf(text, seed) % 3 > 0 ? "insert" : "extreme-close";
    case "two-shot":
    case "chorus":
      return "medium";
    case "over-shoulder":
      return "over-shoulder";
    case "single":
      return intimate ? "close" : "medium-close";
    case "listening":
      return "medium-close";
    case "narrated":
      return people === 0 ? (FAR.test(text) || setting !== "interior" ? "wide" : "medium") : "medium";
    case "action":
      if (people === 0) return FAR.test(text) ? "extreme-wide" : "wide";
      if (WHOLE.test(text)) return people > 2 ? "wide" : "full";
      if (FACE.test(text)) return "close";
      return people > 1 ? "medium" : hashOf(text, seed) % 2 === 0 ? "medium" : "full";
  }
}

/** Sizes at which a camera that travels loses its subject. */
const NEAR: ReadonlySet<Framing> = new Set<Framing>(["close", "extreme-close", "insert", "medium-close", "over-shoulder"]);

/** The move that tells a moment; most shots of people talking stand still. */
export function moveFor({ moment, text, setting, intimate, seed }: Frame, framing: Framing): CameraMove {
  const hash = hashOf(text, seed);
  const side = (left: CameraMove, right: CameraMove) => (hash % 2 === 0 ? left : right);
  switch (moment) {
    case "establishing":
      if (NEAR.has(framing)) return "push-in";
      return ([side("pan-left", "pan-right"), "push-in", setting === "interior" ? "push-in" : "crane-up"] as const)[hash % 3] ?? "push-in";
    case "detail":
      return hash % 3 === 0 ? "static" : "push-in";
    case "single":
      return intimate || hash % 4 === 0 ? "push-in" : "static";
    case "over-shoulder":
    case "listening":
    case "two-shot":
    case "chorus":
      return hash % 5 === 0 ? "push-in" : "static";
    case "narrated":
      return (["push-in", side("track-left", "track-right"), "pull-out", side("pan-left", "pan-right")] as const)[hash % 4] ?? "push-in";
    case "action":
      if (CHAOS.test(text)) return "handheld";
      if (UP.test(text)) return "tilt-up";
      if (DOWN.test(text)) return "tilt-down";
      if (TRAVELS.test(text)) return side("track-left", "track-right");
      return hash % 3 === 0 ? "push-in" : "static";
  }
}
