/**
 * The film document: everything that decides what a film is, as one immutable value. It is stored by content hash; a project
 * points at its current one, a quote at the one it priced. Nothing in it is output: takes live beside it, found by fingerprint.
 */

/** Frames per second of every film. All lengths in a film are whole frames at this rate. */
export const FRAME_RATE = 24;

export const aspects = ["16:9", "9:16", "1:1"] as const;
export type Aspect = (typeof aspects)[number];

export const styles = ["cinematic", "documentary", "anime", "noir", "comic", "commercial"] as const;
export type Style = (typeof styles)[number];

export const settings = ["interior", "exterior", "both"] as const;
export type Setting = (typeof settings)[number];

export const timesOfDay = ["dawn", "morning", "day", "afternoon", "dusk", "evening", "night"] as const;
export type TimeOfDay = (typeof timesOfDay)[number];

export const weathers = ["clear", "cloud", "rain", "snow", "fog", "storm"] as const;
export type Weather = (typeof weathers)[number];

/** Shot sizes, from far to near, and two that describe the subject instead. */
export const framings = ["extreme-wide", "wide", "full", "medium", "medium-close", "close", "extreme-close", "over-shoulder", "insert"] as const;
export type Framing = (typeof framings)[number];

export const cameraMoves = ["static", "push-in", "pull-out", "pan-left", "pan-right", "tilt-up", "tilt-down", "track-left", "track-right", "crane-up", "handheld"] as const;
export type CameraMove = (typeof cameraMoves)[number];

export const musicMoods = ["none", "calm", "warm", "tense", "mystery", "hopeful", "sad", "bright", "epic"] as const;
export type MusicMood = (typeof musicMoods)[number];

export const transitions = ["cut", "dissolve", "fade"] as const;
export type Transition = (typeof transitions)[number];

/** Where something came from in the script, in UTF-16 code units, end exclusive. */
export interface SourceRange {
  start: number;
  end: number;
}

/** A scene of the film. `id` survives edits, insertions and reordering because scenes are matched by content. */
export interface Scene {
  id: string;
  /** Null where text stands before the first scene heading. */
  heading: string | null;
  /** The number that the script gives (`#12A#`), or null. */
  number: string | null;
  setting: Setting | null;
  place: string;
  timeOfDay: TimeOfDay | null;
  weather: Weather | null;
  synopsis: string;
  /** Character ids that are present: they speak, or the action names them. */
  cast: string[];
  props: string[];
  wardrobe: { character: string | null; item: string }[];
  lines: string[];
  shots: string[];
  /** Estimated length, from speaking time and action, in seconds. */
  seconds: number;
  source: SourceRange;
}

/** A spoken line: dialogue or narration. What it says is what the `voice` node speaks. */
export interface Line {
  id: string;
  scene: string;
  /** Character id; the narrator's is `NARRATOR`. */
  character: string;
  /** As spoken: emphasis marks and notes stripped. */
  text: string;
  parenthetical: string | null;
  /** Where the voice is heard from: in the picture, off screen (O.S.), voice-over (V.O.), or on top of another line (dual). */
  delivery: "on-screen" | "off-screen" | "voice-over";
  dual: boolean;
  source: SourceRange;
}

/** The fields of a shot that a person may change. The rest is derived from the script. */
export interface ShotFields {
  description: string;
  framing: Framing;
  cameraMove: CameraMove;
  /** Character ids in the picture. */
  cast: string[];
  props: string[];
  /** Seconds that a shot without speech lasts; with speech it is the least that it lasts. At most 60, in steps of 1/24. */
  seconds: number;
}

/** One camera set-up within a scene. `edits` holds what a person changed; it survives re-parsing as long as the shot is matched. */
export interface Shot extends ShotFields {
  id: string;
  scene: string;
  /** Slate number: scene number and letter, `3B`. Derived, not stored as identity. */
  number: string;
  lines: string[];
  /** What the script says by itself, field by field; the shot's own fields are these with `edits` laid over. */
  derived: ShotFields;
  /** Field -> film version at which a person last set it. */
  edited: Partial<Record<keyof ShotFields, number>>;
  /** Film version at which a person added it; absent where the script asks for it. */
  added?: number;
  /** Film version at which a person took it out; it is in the archive then, and stays there when the script is read again. */
  removed?: number;
  source: SourceRange;
}

/** A person (or animal, or machine) in the film. */
export interface Character {
  id: string;
  name: string;
  aliases: string[];
  /** One of the renderer's voice casts, or null: chosen by id, consistently. */
  voice: string | null;
  description: string;
  /** How it is drawn, so that it is recognised in each panel. Colours are CSS hex. */
  look: CharacterLook;
  /** Number of lines that it speaks. */
  lines: number;
  /** Field -> film version at which a person last set it. */
  edited?: Partial<Record<"voice" | "description" | "look", number>>;
}

export interface CharacterLook {
  presents: "woman" | "man" | "neutral" | "child" | "animal" | "machine";
  hair: string;
  hairStyle: "short" | "long" | "bun" | "curly" | "bald" | "hat";
  skin: string;
  top: string;
  bottom: string;
  /** Relative to an adult's height of 1. */
  height: number;
  build: "slim" | "medium" | "broad";
}

/** A place of the film and how it looks. */
export interface Location {
  id: string;
  name: string;
  description: string;
}

/** A length of music over the film, or over one scene. */
export interface Cue {
  id: string;
  mood: MusicMood;
  /** Scene id, or null for the whole film. */
  scene: string | null;
}

/** A title card: words on a clip of their own. */
export interface TitleCard {
  id: string;
  role: "opening" | "ending";
  title: string;
  subtitle: string;
  seconds: number;
}

/** An entry of the edit list: a shot or a title card, as it stands in the film. */
export interface EditEntry {
  /** Shot or title-card id. */
  id: string;
  /** Frames taken off the start and the end. */
  trimStart: number;
  trimEnd: number;
  /** How this entry is joined to the one before it. */
  transition: Transition;
  /** Left out of the film, kept in the list. */
  omitted: boolean;
}

/** The parameter of `animatic` and `cut`. An edit here runs the cut alone. */
export interface EditList {
  /** Empty means: as the script has it. Ids that are missing are put where the script has them. */
  entries: EditEntry[];
  /** Gain in dB, -60 to +12. */
  levels: { voice: number; music: number; sound: number };
  /** Lines that run across shots: line id -> frames by which it starts later (or, negative, earlier) than its shot would have it. */
  offsets: Record<string, number>;
  /** Film version at which a person last set it. */
  edited?: number;
}

export const nodeKinds = ["voice", "frame", "move", "clip", "sound", "sync", "grade", "music", "title", "captions", "animatic", "cut", "poster", "preview", "task"] as const;
export type NodeKind = (typeof nodeKinds)[number];

/** `kind:subject`, e.g. `voice:line_01h…`, `frame:shot_01h…`; nodes of the whole film have the subject `film`. A `task` is a single thing that no film is made of. */
export type NodeId = `${NodeKind}:${string}`;

/** A value that survives canonical JSON: no undefined, no NaN. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Which model makes something: by name, or by what matters most. */
export type Wish = "cheapest" | "fastest" | "best" | `model:${string}`;

/** What a film may wish for as a whole; a choice of one node goes before it. */
export const wishableKinds = ["voice", "frame", "clip", "music"] as const satisfies readonly NodeKind[];
export type WishableKind = (typeof wishableKinds)[number];

/** How a node is made. The fingerprint is the hash of this and of the dependencies' fingerprints. */
export interface Recipe {
  /** A tool of the registry, or `upload` (params `{asset: sha256}`), for footage, pictures and recordings that people bring. */
  tool: string;
  params: { [key: string]: Json };
  wish: Wish;
  /** A retake is variant + 1. */
  variant: number;
}

/**
 * A recipe that a person chose instead of the derived one: a retake, an old take put back, or an upload. It holds while the derived recipe
 * is the one that it was chosen over (`base`, a hash), so that a later edit of the shot wins and undoing that edit brings it back.
 * An upload has `base: null`: it stays until it is taken away.
 */
export interface Choice {
  base: string | null;
  recipe: Recipe;
}

/** The whole film. */
export interface Film {
  /** Raised by one with every change; the base of a conditional update. */
  version: number;
  title: string;
  style: Style;
  aspect: Aspect;
  language: string;
  /** Seeds everything drawn or played, so that the same film comes out the same. */
  seed: number;
  /** SHA-256 of the script's text, or null while there is none. */
  script: string | null;
  scenes: Scene[];
  lines: Line[];
  shots: Shot[];
  characters: Character[];
  locations: Location[];
  cues: Cue[];
  titles: TitleCard[];
  editList: EditList;
  /** By which models its parts are made where nobody chose for one of them; what is not in it is made by the cheapest. Older documents have none. */
  wishes?: Partial<Record<WishableKind, Wish>>;
  /** Node id -> what a person chose. */
  choices: Record<string, Choice>;
  /** What an edit orphaned: kept, with its takes, so that putting the text back puts the work back. */
  archived: { scenes: Scene[]; lines: Line[]; shots: Shot[]; characters?: Character[]; locations?: Location[] };
}

/** The narrator's character id: action of a prose script, and V.O. without a name. */
export const NARRATOR = "char_narrator";

/** The measured facts of a take that planning needs. Everything else about a take is in its manifest. */
export interface TakeFacts {
  id: string;
  node: NodeId;
  fingerprint: string;
  /** Frames that it lasts, for what has a length. */
  frames: number | null;
  /** Role in the tool's output -> asset id, e.g. `{ video: "asset_…" }`; members of a list are `planes.0`, `planes.1`, … */
  assets: Record<string, string>;
  /** The rest of the tool's output, which is not files: depths, loudness, … */
  values: { [key: string]: Json };
  createdAt: number;
}
