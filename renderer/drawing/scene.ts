import type { Aspect, CharacterLook, Framing, Setting, Style, TimeOfDay, Weather } from "../../film/film.ts";
import { archetypeOf, type Archetype } from "./sets/archetypes.ts";
import { propsIn, type PropName } from "./props/names.ts";

/** What a panel is drawn from. */
export interface PanelInput {
  description: string;
  framing: Framing;
  setting: Setting | null;
  place: string;
  timeOfDay: TimeOfDay | null;
  weather: Weather | null;
  style: Style;
  aspect: Aspect;
  cast: { id: string; name: string; look: CharacterLook }[];
  props: string[];
  seed: number;
}

export const poses = ["standing", "walking", "running", "sitting", "lying", "pointing", "holding", "crouching", "reaching", "arms-crossed", "hands-up", "phoning"] as const;
export type Pose = (typeof poses)[number];
export const expressions = ["neutral", "smile", "sad", "angry", "afraid", "speaking"] as const;
export type Expression = (typeof expressions)[number];

export type Species = "person" | "robot" | "dog" | "cat" | "horse" | "bird";

export interface Actor {
  id: string;
  name: string;
  look: CharacterLook;
  species: Species;
  pose: Pose;
  expression: Expression;
  holds: PropName | null;
}

/** What the words of a shot say, as far as a picture can show it. */
export interface Scene {
  archetype: Archetype;
  interior: boolean;
  time: TimeOfDay;
  weather: Weather;
  framing: Framing;
  angle: "eye" | "low" | "high";
  actors: Actor[];
  props: PropName[];
}

/** More people than this become a crowd that nobody can tell apart. */
const MAX_ACTORS = 6;
/** Words beyond this many characters say nothing more about a picture. */
const MAX_READ = 1200;

const poseWords: readonly [Pose, RegExp][] = [
  ["lying", /\b(lies|lying|lay|asleep|sleep(s|ing)?|unconscious|collapsed?|dead|faint(s|ed)?|in bed)\b/],
  ["running", /\b(run(s|ning)?|ran|sprint\w*|flee\w*|chas\w+|race[sd]?|racing|dash\w*|bolts?|escap\w+|hurr\w+|rush\w*)\b/],
  ["walking", /\b(walk\w*|stroll\w*|wander\w*|enter(s|ing|ed)?|approach\w*|cross(es|ing)(?! (her|his|their) arms)|step(s|ping)?|march\w*|leav(es|ing)|arriv\w+|follow\w*|pac(es|ing)|strid\w+|climb\w*)\b/],
  ["sitting", /\b(sit(s|ting)?|sat|seated|perch\w*|at (the|a|her|his|their) (table|desk|bar|counter|piano)|driv(es|ing)|behind the wheel|slump\w*|types|typing)\b/],
  ["crouching", /\b(crouch\w*|kneel\w*|knelt|squat\w*|hid(es|ing|den)|duck(s|ing)|bends?)\b/],
  ["phoning", /\b(on the phone|phone call|calls?|dial\w*|answers (the|her|his) phone|telephon\w+)\b/],
  ["hands-up", /\b(hands up|surrender\w*|cheer\w*|celebrat\w+|wav(es|ing)|raises (her|his|their) (hands?|arms?)|danc(es|ing))\b/],
  ["pointing", /\b(point(s|ing|ed)?|aim(s|ing)?|gestur\w+)\b/],
  ["reaching", /\b(reach\w*|offer\w*|hand(s|ing) (him|her|them|over|the)|giv(es|ing)|grab\w*|shak(es|ing) hands|knock\w*|open(s|ing))\b/],
  ["arms-crossed", /\b(arms (crossed|folded)|cross(es|ed) (her|his|their) arms|fold\w* (her|his|their) arms|leans?|leaning)\b/],
  ["holding", /\b(hold(s|ing)?|held|carr(y|ies|ying)|clutch\w*|grip\w*|read(s|ing)?|stud(y|ies|ying)|examin\w+|drink\w*|sip\w*|writ(es|ing)|plays?|playing|lifts?)\b/],
];

const expressionWords: readonly [Expression, RegExp][] = [
  ["angry", /\b(angr\w+|fur(y|ious)|rage\w*|shout\w*|yell\w*|scowl\w*|glar(es|ing)|slam\w*|threat\w*|argu\w+|snarl\w*)\b/],
  ["afraid", /\b(afraid|fear\w*|terrif\w+|scar(ed|es)|panic\w*|horr\w+|scream\w*|shock\w*|startl\w*|gasp\w*|wide-eyed|nervous\w*|trembl\w+)\b/],
  ["sad", /\b(sad\w*|cr(ies|y|ying)|tears?|weep\w*|sob\w*|griev\w*|mourn\w*|lonely|alone|heartbroken|sorrow\w*|tired|exhausted|disappoint\w*)\b/],
  ["smile", /\b(smil\w+|grin\w*|laugh\w*|happ\w+|joy\w*|delight\w*|cheer\w*|beam(s|ing)|kiss\w*|hug\w*|embrac\w+|proud\w*|relie\w+|amused|playful\w*)\b/],
  ["speaking", /\b(say(s|ing)?|speak\w*|talk\w*|tell(s|ing)?|ask\w*|whisper\w*|answer\w*|explain\w*|sing(s|ing)?)\b/],
];

const speciesWords: readonly [Species, RegExp][] = [
  ["cat", /\b(cat|kitten|kitty|tomcat|feline)\b/],
  ["horse", /\b(horse|pony|mare|stallion|donkey|mule)\b/],
  ["bird", /\b(bird|crow|raven|parrot|owl|pigeon|gull|seagull|eagle|hen|duck|sparrow)\b/],
];

/** Reads a shot's words. Nothing in them can fail: what is not understood is left to the defaults. */
export function readScene(input: PanelInput): Scene {
  const description = input.description.slice(0, MAX_READ).toLowerCase();
  const place = input.place.slice(0, MAX_READ).toLowerCase();
  const archetype = archetypeOf({ place, description, setting: input.setting });
  const words = input.props.slice(0, 8).map((prop) => prop.slice(0, 80).toLowerCase());
  const props = propsIn([...words, description]);
  const names = input.cast.map((member) => firstName(member.name));
  const named = names.some((name) => name.length > 1 && description.includes(name));
  const actors = input.cast.slice(0, MAX_ACTORS).map((member) => actorOf(member, { description, named }));
  for (const actor of actors) if (actor.pose === "phoning" && actor.species === "person") actor.holds = "phone";
  // On the seats of a car or train one sits already, and only the upper body shows.
  if (archetype.name === "car" || archetype.name === "train") for (const actor of actors) if (["sitting", "walking", "running", "crouching"].includes(actor.pose)) actor.pose = "standing";
  const holder = actors.find((actor) => handsFree(actor) && actor.holds === null);
  if (holder && props[0]) {
    holder.holds = props[0];
    if (holder.pose === "standing" && !["bag", "suitcase"].includes(props[0])) holder.pose = "holding";
  }
  return {
    archetype,
    interior: archetype.interior,
    time: input.timeOfDay ?? timeIn(`${place} ${description}`),
    weather: input.weather ?? weatherIn(description),
    framing: input.framing,
    angle: angleIn(description),
    actors,
    props,
  };
}

function handsFree(actor: Actor): boolean {
  return actor.species === "person" && !["running", "lying", "hands-up", "arms-crossed", "phoning"].includes(actor.pose);
}

function firstName(name: string): string {
  return name.slice(0, 80).toLowerCase().split(/\s+/)[0] ?? "";
}

function actorOf(member: PanelInput["cast"][number], words: { description: string; named: boolean }): Actor {
  const { description } = words;
  const name = member.name.slice(0, 80).toLowerCase();
  const own = words.named ? clausesAbout(firstName(name), description) : description;
  const species = member.look.presents === "machine" ? "robot" : member.look.presents === "animal" ? (speciesWords.find(([, words]) => words.test(`${name} ${description}`))?.[0] ?? "dog") : "person";
  return {
    id: member.id,
    name: member.name,
    look: member.look,
    species,
    pose: firstMatch(poseWords, own) ?? "standing",
    expression: firstMatch(expressionWords, own) ?? "neutral",
    holds: null,
  };
}

/** The parts of the description that name somebody, or everybody: what others do is not theirs. */
function clausesAbout(name: string, description: string): string {
  return description
    .split(/[.;!?]|\bwhile\b|\bas\b/)
    .filter((clause) => (name.length > 1 && clause.includes(name)) || /\b(they|both|all|everyone|together)\b/.test(clause))
    .join(". ");
}

function firstMatch<T>(words: readonly [T, RegExp][], text: string): T | null {
  let best: { at: number; value: T } | null = null;
  for (const [value, pattern] of words) {
    const at = text.search(pattern);
    if (at >= 0 && (best === null || at < best.at)) best = { at, value };
  }
  return best?.value ?? null;
}

function timeIn(text: string): TimeOfDay {
  const times: readonly [TimeOfDay, RegExp][] = [
    ["dawn", /\b(dawn|sunrise|daybreak)\b/],
    ["dusk", /\b(dusk|sunset|twilight|golden hour)\b/],
    ["night", /\b(night|midnight|moon\w*|dark)\b/],
    ["evening", /\bevening\b/],
    ["morning", /\bmorning\b/],
    ["afternoon", /\bafternoon\b/],
  ];
  return times.find(([, pattern]) => pattern.test(text))?.[0] ?? "day";
}

function weatherIn(text: string): Weather {
  const kinds: readonly [Weather, RegExp][] = [
    ["storm", /\b(storm\w*|lightning|thunder\w*)\b/],
    ["rain", /\b(rain\w*|drizzl\w*|downpour|wet street)\b/],
    ["snow", /\b(snow\w*|blizzard)\b/],
    ["fog", /\b(fog\w*|mist\w*|haze)\b/],
    ["cloud", /\b(overcast|cloud\w*|grey sky)\b/],
  ];
  return kinds.find(([, pattern]) => pattern.test(text))?.[0] ?? "clear";
}

function angleIn(text: string): Scene["angle"] {
  if (/\b(low angle|from below|looks? up at|looming|towers? over)\b/.test(text)) return "low";
  if (/\b(high angle|from above|overhead|bird'?s[- ]eye|looking down|aerial)\b/.test(text)) return "high";
  return "eye";
}
