import type { CameraMove, Framing } from "../film.ts";

/** What a script tells the camera in so many words. */
export interface Direction {
  framing: Framing | null;
  cameraMove: CameraMove | null;
  /** The action without the words for the camera. */
  text: string;
  /** The words stood at the beginning: a set-up of its own is asked for. */
  explicit: boolean;
}

const FRAMINGS: [Framing, string][] = [
  ["extreme-close", "EXTREME CLOSE(?:[- ]?UP)?(?: (?:ON|OF|SHOT))?|ECU|XCU|MACRO(?: ON)?"],
  ["medium-close", "MEDIUM CLOSE(?:[- ]?UP)?(?: (?:ON|OF|SHOT))?|MCU"],
  ["close", "CLOSE(?:[- ]?UP)?(?:[ -](?:ON|OF|SHOT|ANGLE))?|CU|TIGHT ON"],
  ["insert", "INSERT(?: SHOT)?(?: ON| OF)?|DETAIL(?: OF| ON)?"],
  ["over-shoulder", "OVER[- ]THE[- ]SHOULDER|OVER (?:HIS|HER|THEIR|[A-Z]+'S) SHOULDER|OTS"],
  ["extreme-wide", "EXTREME (?:WIDE|LONG)(?: SHOT)?(?: (?:ON|OF))?|AERIAL(?: SHOT)?(?: OF| VIEW OF)?|BIRD'S[- ]EYE(?: VIEW)?|EWS|ELS|DRONE SHOT(?: OF)?"],
  ["wide", "WIDE(?:[ -](?:ON|OF|SHOT|ANGLE))*|LONG SHOT(?: OF| ON)?|WS|LS|ESTABLISHING(?: SHOT)?(?: OF)?|MASTER SHOT"],
  ["full", "FULL SHOT(?: OF| ON)?|FULL ON"],
  ["medium", "MEDIUM(?: SHOT)?(?: OF| ON)?|MS|TWO[- ]SHOT(?: OF| ON)?|ANGLE ON|NEW ANGLE(?: ON)?|REVERSE(?: ANGLE)?(?: ON)?|ON"],
];
const MOVES: [CameraMove, string][] = [
  ["push-in", "(?:SLOW |SLOWLY )?(?:PUSH(?:ING|ES)?(?: SLOWLY)? IN|DOLLY(?:ING)? IN|ZOOM(?:ING)? IN|MOVE IN)(?: ON| TO| TOWARDS?)?"],
  ["pull-out", "(?:SLOW )?(?:PULL(?:ING|S)?(?: SLOWLY)? (?:OUT|BACK)|DOLLY(?:ING)? (?:OUT|BACK)|ZOOM(?:ING)? OUT)(?: FROM| TO REVEAL| TO)?"],
  ["pan-left", "(?:SLOW )?PAN(?:NING|S)? (?:TO THE )?LEFT(?: TO| ACROSS| OVER)?"],
  ["pan-right", "(?:SLOW )?(?:PAN(?:NING|S)?|SWISH PAN|WHIP PAN)(?: TO THE RIGHT| RIGHT)?(?: TO| ACROSS| OVER| ALONG)?"],
  ["tilt-up", "TILT(?:ING|S)?(?: UP)(?: TO| FROM)?"],
  ["tilt-down", "TILT(?:ING|S)?(?: DOWN)?(?: TO| FROM)?"],
  ["track-left", "TRACK(?:ING|S)?(?: SHOT)? LEFT"],
  ["track-right", "TRACK(?:ING|S)?(?: SHOT)?(?: RIGHT)?(?: WITH| ALONG| PAST)?|DOLLY(?:ING)?(?: WITH| ALONG)?|STEADICAM|FOLLOW(?:ING)?"],
  ["crane-up", "CRANE(?:S)?(?: SHOT)?(?: UP| OVER)?|BOOM UP"],
  ["handheld", "HAND-?HELD|SHAKY CAM"],
];
const framingAt = FRAMINGS.map(([framing, words]) => [framing, new RegExp(`^(?:${words})(?![\\p{L}\\p{N}])[\\s:.,–—-]*(?:(?:on|of)\\s+)?`, "u")] as const);
const moveAt = MOVES.map(([move, words]) => [move, new RegExp(`^(?:${words})(?![\\p{L}\\p{N}])[\\s:.,–—-]*(?:(?:on|of)\\s+)?`, "u")] as const);

/** Reads camera words in capitals at the beginning of a sentence, as many as there are; the rest is what is seen. */
export function readDirection(sentence: string): Direction {
  const direction: Direction = { framing: null, cameraMove: null, text: sentence.trim().replace(/^(?:aerial(?: shot)?|close[- ]?up|wide(?: shot)?|insert|pan)(?=:)/i, (words) => words.toUpperCase()), explicit: false };
  for (let round = 0; round < 3; round += 1) {
    const move = moveAt.find(([, pattern]) => pattern.test(direction.text));
    const framing = framingAt.find(([, pattern]) => pattern.test(direction.text));
    const pattern = move?.[1] ?? framing?.[1];
    if (!pattern) break;
    if (move) direction.cameraMove ??= move[0];
    else if (framing) direction.framing ??= framing[0];
    direction.text = direction.text.replace(pattern, "").trim();
    direction.explicit = true;
  }
  if (direction.text !== "" && direction.explicit) direction.text = direction.text[0]?.toUpperCase() + direction.text.slice(1);
  return direction;
}
