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

const TIME_WORDS = new RegExp([CONTINUES, ...TIMES.map(([, pattern]) => pattern)].map(({ source }) => source).join("|"), "giu");
const QUALIFIERS = /\b(?:early|late|later|mid|pre|the|a|an|next|following|same|that|this|of|at|in|on|just|before|after|almost|deep|very|still|full|following|\d+\w*|moments?|minutes?|hours?|days?|weeks?|few|several|some|time|another|to|into|present|driving|moving|flashback|flashforward|dream|summer|winter|spring|autumn)\b/giu;

/** A part of a heading is a time where nothing but a time stands in it: `LATE NIGHT`, not `MORNING ROOM`. */
function timeIn(part: string): TimeOfDay | "continues" | null {
  const bare = part.replace(/\([^)]*\)|\[[^\]]*\]/g, " ");
  const found = TIMES.find(([, pattern]) => pattern.test(bare));
  const rest = bare.replace(TIME_WORDS, " ").replace(QUALIFIERS, " ");
  if (/[\p{L}\p{N}]/u.test(rest)) return null;
  if (found) return found[0];
  return CONTINUES.test(bare) ? "continues" : null;
}

const PREFIX = /^(INT\.?\s*\/\s*EXT|EXT\.?\s*\/\s*INT|I\.?\s*\/\s*E|INT|EXT|EST)(?:[. ][\s–—-]*|$)/i;

/** Reads a scene heading: `EXT. PLACE - PART OF IT - NIGHT`. What is no setting and no time is the place. */
export function readHeading(heading: string): Heading {
  const prefix = PREFIX.exec(heading);
  const setting = prefix ? settingOf(prefix[1] ?? "") : null;
  const parts = heading.slice(prefix?.[0].length ?? 0).split(/\s+[-–—]+\s+|\s*[–—]\s*|--+/).map((part) => part.trim()).filter((part) => part !== "");
  let time: Heading["time"] = null;
  const places: string[] = [];
  for (const [index, part] of parts.entries()) {
    const read = index === 0 ? null : timeIn(part);
    if (read === null) places.push(part);
    else time = time === null || time === "continues" ? read : time;
  }
  const place = places.join(" - ");
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

const SIGNS = WEATHERS.map(([weather, words]) => ({
  weather,
  named: new RegExp(`\\b(?:${words})\\b`, "i"),
  mentioned: new RegExp(`(?<!like )(?<!of )\\b(?:${words})\\b`, "i"),
  over: new RegExp(`\\b(?:${words})\\b[^.,;]{0,12}\\b${OVER}\\b`, "i"),
  alone: new RegExp(`^(?:a |the )?(?:${words})\\b`, "i"),
}));

/** Weather that a scene's heading or action states. Indoors, only what is seen or heard of the outside counts. */
export function weatherIn({ heading, action, setting }: { heading: string; action: string; setting: Setting | null }): Weather | null {
  const stated = SIGNS.find(({ named }) => named.test(heading));
  if (stated) return stated.weather;
  const sentences = action.split(/(?<=[.!?])\s+/);
  for (const { weather, named, mentioned, over, alone } of SIGNS) {
    if (!named.test(action)) continue;
    for (const sentence of sentences) {
      if (!mentioned.test(sentence)) continue;
      if (over.test(sentence)) return "clear";
      if (setting !== "interior" || OUTSIDE.test(sentence) || alone.test(sentence)) return weather;
    }
  }
  return null;
}
