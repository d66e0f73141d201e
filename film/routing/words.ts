import type { CameraMove, CharacterLook, Framing, MusicMood, Setting, Style, TimeOfDay, Weather } from "../film.ts";
import type { FrameParams } from "../recipes/frame.ts";

/** The words in which a picture or a cue is ordered from a model that reads prompts. */

const styles: Record<Style, string> = {
  cinematic: "A cinematic film still, natural light, shallow depth of field",
  documentary: "A documentary film still, available light, unposed",
  anime: "An anime film frame, clean line work, painted background",
  noir: "A black-and-white film noir still, hard light and deep shadow",
  comic: "A comic-book panel, inked outlines, flat colour",
  commercial: "A commercial film still, bright even light, polished",
};

const framings: Record<Framing, string> = {
  "extreme-wide": "Extreme wide shot", wide: "Wide shot", full: "Full shot, head to toe", medium: "Medium shot, from the waist up", "medium-close": "Medium close-up, head and shoulders",
  close: "Close-up of the face", "extreme-close": "Extreme close-up", "over-shoulder": "Over-the-shoulder shot", insert: "Insert shot of a detail",
};

const moves: Record<CameraMove, string> = {
  static: "The camera does not move.", "push-in": "The camera pushes in slowly.", "pull-out": "The camera pulls out slowly.", "pan-left": "The camera pans left.", "pan-right": "The camera pans right.",
  "tilt-up": "The camera tilts up.", "tilt-down": "The camera tilts down.", "track-left": "The camera tracks to the left.", "track-right": "The camera tracks to the right.",
  "crane-up": "The camera rises on a crane.", handheld: "The camera is held by hand and sways a little.",
};

const settings: Record<Setting, string> = { interior: "indoors", exterior: "outdoors", both: "between indoors and outdoors" };
const times: Record<TimeOfDay, string> = { dawn: "at dawn", morning: "in the morning", day: "by day", afternoon: "in the afternoon", dusk: "at dusk", evening: "in the evening", night: "at night" };
const weathers: Record<Weather, string> = { clear: "clear weather", cloud: "overcast", rain: "rain", snow: "snow", fog: "fog", storm: "a storm" };

const moods: Record<MusicMood, string> = {
  none: "Silence", calm: "Calm, sparse instrumental underscore, slow tempo, soft piano and strings", warm: "Warm, gentle instrumental underscore, acoustic guitar and strings",
  tense: "Tense instrumental underscore, low pulsing strings, rising unease", mystery: "Mysterious instrumental underscore, sparse, dark, unresolved", hopeful: "Hopeful instrumental underscore, building strings and piano",
  sad: "Sad, slow instrumental underscore, solo cello and piano", bright: "Bright, playful instrumental underscore, light and quick", epic: "Epic orchestral instrumental underscore, brass, drums and choir",
};

const people: Record<CharacterLook["presents"], string> = { woman: "a woman", man: "a man", neutral: "a person", child: "a child", animal: "an animal", machine: "a machine" };
const builds: Record<CharacterLook["build"], string> = { slim: "slim", medium: "of medium build", broad: "broadly built" };

/** Colours that have a name which models know. */
const colours: readonly (readonly [name: string, red: number, green: number, blue: number])[] = [
  ["black", 15, 15, 18], ["dark grey", 64, 64, 68], ["grey", 130, 130, 132], ["light grey", 195, 195, 196], ["white", 248, 248, 246], ["dark brown", 60, 38, 24], ["brown", 112, 72, 44], ["light brown", 168, 122, 84],
  ["tan", 205, 165, 125], ["pale beige", 240, 214, 190], ["dark red", 110, 22, 26], ["red", 200, 40, 40], ["orange", 230, 125, 40], ["blond yellow", 225, 190, 110], ["yellow", 240, 210, 50], ["dark green", 28, 70, 44],
  ["green", 60, 150, 70], ["teal", 40, 130, 130], ["light blue", 140, 190, 225], ["blue", 45, 90, 190], ["navy blue", 24, 34, 80], ["purple", 110, 60, 150], ["pink", 235, 150, 180],
];

/** The name of the colour nearest to a CSS hex; anything else is said as it is. */
export function colourName(css: string): string {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(css);
  if (!hex) return css;
  const [red = 0, green = 0, blue = 0] = hex.slice(1).map((part) => Number.parseInt(part, 16));
  const away = ([, r, g, b]: (typeof colours)[number]) => (r - red) ** 2 * 0.3 + (g - green) ** 2 * 0.59 + (b - blue) ** 2 * 0.11;
  return colours.reduce((best, other) => (away(other) < away(best) ? other : best))[0];
}

function lookOf({ presents, hair, hairStyle, skin, top, bottom, height, build }: CharacterLook): string {
  const kind = `${people[presents]}, ${builds[build]}${height < 0.8 ? ", small" : height > 1.1 ? ", tall" : ""}`;
  if (presents === "animal" || presents === "machine") return `${kind}, ${colourName(top)} and ${colourName(bottom)}`;
  const head = hairStyle === "bald" ? "bald" : hairStyle === "hat" ? `a hat over ${colourName(hair)} hair` : `${hairStyle === "bun" ? "hair in a bun," : hairStyle} ${colourName(hair)}${hairStyle === "bun" ? "" : " hair"}`;
  return `${kind}, ${colourName(skin)} skin, ${head}, wearing a ${colourName(top)} top and ${colourName(bottom)} below`;
}

const sentence = (text: string): string => (text === "" ? "" : /[.!?…]$/.test(text) ? text : `${text}.`);

/** What a shot's picture shows, what matters most first: a prompt is cut at its end. */
export function pictureWords({ description, framing, setting, place, timeOfDay, weather, style, cast, props }: FrameParams): string {
  const where = [settings[setting], place.trim(), times[timeOfDay], weathers[weather]].filter((part) => part !== "").join(", ");
  return [
    `${styles[style]}.`,
    sentence(`${framings[framing]}: ${description.trim()}`),
    ...cast.map(({ name, look }) => `${name.trim()} is ${lookOf(look)}.`),
    `Where and when: ${where}.`,
    ...(props.length === 0 ? [] : [sentence(`In the picture: ${props.join(", ")}`)]),
    "No words, captions or borders in the picture.",
  ].join(" ").replace(/\s+/g, " ").toWellFormed();
}

/** The same in motion. The camera comes right behind the shot, before who and where. */
export function motionWords(picture: string, cameraMove: CameraMove): string {
  return `${moves[cameraMove]} ${picture}`;
}

export const musicWords = (mood: MusicMood): string => `${moods[mood]}. No voices, no lyrics.`;

/** A text of at most so many letters (UTF-16 code units), cut between two words where it has any. */
export function cutAtWord(text: string, lettersMax: number): string {
  if (text.length <= lettersMax) return text;
  const head = text.slice(0, lettersMax + 1);
  const space = head.search(/\s\S*$/);
  return (space > 0 ? head.slice(0, space) : head.slice(0, lettersMax)).trimEnd().replace(/[\uD800-\uDBFF]$/, "");
}
