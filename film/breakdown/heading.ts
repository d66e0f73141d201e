import type { Setting, TimeOfDay, Weather } from "../film.ts";

/** What a scene heading says. `time` is `continues` where it only refers to the scene before. */
export interface Heading {
  setting: Setting | null;
  place: string;
  time: TimeOfDay | "continues" | null;
}

const TIMES: [TimeOfDay, RegExp][] = [
  ["dawn", /\b(?:dawn|sunrise|daybreak|first light)\b|рассвет|\bamanecer\b|\baube\b|morgengrauen/iu],
  ["dusk", /\b(?:dusk|sunset|sundown|twilight|magic hour|golden hour)\b|закат|\batardecer\b|\bcrépuscule\b|dämmerung/iu],
  ["evening", /\bevening\b|вечер|\bsoir\b|\babend\b/iu],
  ["afternoon", /\bafternoon\b|\btarde\b|\bnachmittag\b/iu],
  ["morning", /\bmorning\b|утро|\bmañana\b|\bmatin\b|\bmorgen\b/iu],
  ["night", /\b(?:night|midnight)\b|ночь|\bnoche\b|\bnuit\b|\bnacht\b/iu],
  ["day", /\b(?:day|daytime|noon|midday)\b|день|\bdía\b|\bjour\b|\btag\b/iu],
];
const CONTINUES = /\b(?:continuous|cont(?:inued|['’]d)?|later|same(?: time)?|meanwhile|simultaneous|moments? (?:later|after))\b/iu;

/** A part of a heading is a time where little but the time stands in it. */
function timeIn(part: string): TimeOfDay | "continues" | null {
  const words = part.replace(/\([^)]*\)/g, " ").trim().split(/\s+/);
  if (words.length > 4) return null;
  const found = TIMES.find(([, pattern]) => pattern.test(part));
  if (found) return words.length <= 3 || CONTINUES.test(part) ? found[0] : null;
  return CONTINUES.test(part) ? "continues" : null;
}

const PREFIX = /^(INT\.?\s*\/\s*EXT|EXT\.?\s*\/\s*INT|I\s*\/\s*E|INT|EXT|EST)(?:[. ]\s*|$)/i;

/** Reads a scene heading: `EXT. PLACE - PART OF IT - NIGHT`. What is no setting and no time is the place. */
export function readHeading(heading: string): Heading {
  const prefix = PREFIX.exec(heading);
  const setting = prefix ? settingOf(prefix[1] ?? "") : null;
  const parts = heading.slice(prefix?.[0].length ?? 0).split(/\s+[-–—]+\s+|\s*[–—]\s*|--+/).map((part) => part.trim()).filter((part) => part !== "");
  let time: Heading["time"] = null;
  let kept = parts.length;
  while (kept > 1) {
    const read = timeIn(parts[kept - 1] ?? "");
    if (read === null) break;
    time = time === null || time === "continues" ? read : time;
    kept -= 1;
  }
  const place = parts.slice(0, kept).join(" - ");
  const tail = /^(.*\S)\s*[,.(]\s*([^,.(]+?)\)?\.?$/.exec(place);
  const tailTime = time === null && tail ? timeIn(tail[2] ?? "") : null;
  return tailTime === null ? { setting, place, time } : { setting, place: tail?.[1] ?? place, time: tailTime };
}

function settingOf(prefix: string): Setting {
  const upper = prefix.toUpperCase();
  if (upper.includes("/")) return "both";
  return upper === "INT" ? "interior" : "exterior";
}

/** Time of day that the action states by itself: `at night`, or a sentence that is just `Dawn.` */
export function timeInAction(text: string): TimeOfDay | null {
  const stated = /\b(?:at|before|after|by) (dawn|sunrise|daybreak|dusk|sunset|twilight|night|midnight|noon|midday)\b|(?:^|[.!?] |\n)(dawn|sunrise|morning|afternoon|evening|dusk|sunset|night|midnight)\b(?= falls|[.,])/i.exec(text);
  const word = stated?.[1] ?? stated?.[2];
  return word ? (TIMES.find(([, pattern]) => pattern.test(word))?.[0] ?? null) : null;
}

const WEATHERS: [Weather, string][] = [
  ["storm", "thunderstorms?|storms?|thunder|lightning|hurricane|tempest|gale"],
  ["snow", "snow|snows|snowing|snowfall|snowflakes?|blizzard|sleet"],
  ["rain", "rain|rains|raining|rainy|drizzle|downpour|raindrops?"],
  ["fog", "fog|foggy|mist|misty|haze"],
  ["cloud", "overcast|clouds|cloudy|grey sky|gray sky"],
  ["clear", "clear sky|blue sky|cloudless|sunny|sunshine|bright sun|sunlight"],
];
const OVER = "(?:(?:is|are|has been) (?:gone|over)|(?:has |have )?(?:lifts|lifted|lifting|stopped|stops|cleared|clears|ended|ends|passed|melted|melts))";
const OUTSIDE = /\b(?:outside|window|windows|windowpanes?|panes?|roof|beyond the glass|streets?)\b/i;

/** Weather that a scene's heading or action states. Indoors, only what is seen or heard of the outside counts. */
export function weatherIn({ heading, action, setting }: { heading: string; action: string; setting: Setting | null }): Weather | null {
  for (const [weather, words] of WEATHERS) {
    if (new RegExp(`\\b(?:${words})\\b`, "i").test(heading)) return weather;
  }
  for (const [weather, words] of WEATHERS) {
    const mention = new RegExp(`(?<!like )(?<!of )\\b(?:${words})\\b`, "i");
    for (const sentence of action.split(/(?<=[.!?])\s+/)) {
      if (!mention.test(sentence)) continue;
      if (new RegExp(`\\b(?:${words})\\b[^.,;]{0,12}\\b${OVER}\\b`, "i").test(sentence)) return "clear";
      const alone = new RegExp(`^(?:a |the )?(?:${words})\\b`, "i").test(sentence);
      if (setting !== "interior" || OUTSIDE.test(sentence) || alone) return weather;
    }
  }
  return null;
}
