import type { Line, Setting, SourceRange, TimeOfDay, Weather } from "../film.ts";
import { NARRATOR } from "../film.ts";
import type { CharacterElement, Element, FountainDocument } from "../fountain/index.ts";
import { countWords } from "../timing.ts";
import { readHeading, timeInAction, weatherIn } from "./heading.ts";
import { sentences, speakable } from "./sentences.ts";

/** What happens in a scene, in order: something is seen, or somebody speaks. */
export type Beat = ActionBeat | SpeechBeat;

export interface ActionBeat {
  kind: "action";
  text: string;
  source: SourceRange;
}

export interface SpeechBeat {
  kind: "speech";
  /** The name of the cue, extensions stripped; `NARRATOR` for narration. */
  speaker: string;
  text: string;
  parenthetical: string | null;
  delivery: Line["delivery"];
  dual: boolean;
  source: SourceRange;
}

/** A scene as the script has it, before anything is read out of its action. */
export interface ScriptScene {
  heading: string | null;
  number: string | null;
  setting: Setting | null;
  place: string;
  timeOfDay: TimeOfDay | null;
  weather: Weather | null;
  synopsis: string;
  beats: Beat[];
  source: SourceRange;
}

/** The most words of narration that one line holds; sentences are not broken. */
const NARRATION_WORDS_MAX = 24;

/** What stands before the first heading and shows nothing. */
const OPENING = /^(?:fade (?:in|up)|over black|black screen|cold open|teaser|opening(?: titles| credits)?|titles?)[.:]?$/i;

/** Divides a document into scenes: by its headings, or where it has none by its sections, or else by its page breaks. */
export function divideScenes(document: FountainDocument): ScriptScene[] {
  const { elements } = document;
  const divider = elements.some(({ type }) => type === "scene-heading") ? "scene-heading" : elements.some(({ type }) => type === "section") ? "section" : "page-break";
  const groups: Element[][] = [];
  let group: Element[] = [];
  for (const element of elements) {
    if (element.type === divider) {
      groups.push(group);
      group = [];
    }
    group.push(element);
  }
  groups.push(group);

  const scenes: ScriptScene[] = [];
  for (const [index, members] of groups.entries()) {
    const beats = readBeats(members);
    const head = members[0];
    const heading = head && head.type === divider && divider !== "page-break" ? head : null;
    const bare = heading === null || heading.type === "section";
    if (members.length === 0 || (bare && beats.every((beat) => beat.kind === "action" && OPENING.test(beat.text.trim())))) continue;
    const next = groups[index + 1]?.[0];
    scenes.push(describe({ heading, members, beats, previous: scenes[scenes.length - 1], end: next ? next.start : document.text.length }));
  }
  return scenes;
}

function describe({ heading, members, beats, previous, end }: { heading: Element | null; members: Element[]; beats: Beat[]; previous: ScriptScene | undefined; end: number }): ScriptScene {
  const title = heading?.text.replace(/\s+/g, " ") ?? "";
  const read = heading?.type === "scene-heading" ? readHeading(title) : { setting: null, place: title, time: null };
  const action = beats.map((beat) => (beat.kind === "action" || beat.speaker === NARRATOR ? beat.text : "")).join(" ");
  const continues = read.time === "continues";
  const inherited = continues ? (previous?.timeOfDay ?? null) : null;
  const timeOfDay = read.time === "continues" || read.time === null ? (inherited ?? timeInAction(action) ?? (heading?.type === "scene-heading" && previous?.place === read.place ? previous.timeOfDay : null)) : read.time;
  const weather = weatherIn({ heading: title, action, setting: read.setting }) ?? (continues && previous?.setting === read.setting ? previous.weather : null);
  const synopsis = members.flatMap((element) => (element.type === "synopsis" ? [element.text] : [])).join(" ");
  return {
    heading: heading ? title : null,
    number: heading?.type === "scene-heading" ? heading.number : null,
    setting: read.setting,
    place: read.place,
    timeOfDay,
    weather,
    synopsis,
    beats,
    source: { start: members[0]?.start ?? 0, end },
  };
}

function readBeats(elements: Element[]): Beat[] {
  const beats: Beat[] = [];
  let cue: { element: CharacterElement; parts: string[]; parenthetical: string | null; end: number } | null = null;
  const finish = () => {
    if (cue && cue.parts.length > 0) beats.push(...speech(cue));
    cue = null;
  };
  for (const element of elements) {
    const source = { start: element.start, end: element.end };
    if (element.type === "character") {
      finish();
      cue = { element, parts: [], parenthetical: null, end: element.end };
    } else if (cue && element.type === "parenthetical") {
      cue.parenthetical ??= element.text;
      cue.end = element.end;
    } else if (cue && (element.type === "dialogue" || (element.type === "lyrics" && element.start - cue.end <= 2))) {
      if (element.text !== "") cue.parts.push(element.text);
      cue.end = element.end;
    } else {
      finish();
      if (element.type === "action" && element.text.trim() !== "") beats.push({ kind: "action", text: element.text.trim(), source });
      if (element.type === "lyrics") beats.push({ kind: "action", text: element.text, source });
      if (element.type === "narration") beats.push(...narration(element.text, source));
    }
  }
  finish();
  return beats;
}

function speech({ element, parts, parenthetical, end }: { element: CharacterElement; parts: string[]; parenthetical: string | null; end: number }): SpeechBeat[] {
  const extensions = element.extensions.join(" ").toUpperCase().replace(/[\s.]/g, "");
  const delivery = /\bV\/?O|VOICEOVER|VOICE-OVER|NARRAT/.test(extensions) ? "voice-over" : /O\/?[SC]\b|OFF/.test(extensions.replace(/CONT['’]?D/, "")) ? "off-screen" : "on-screen";
  const beat: SpeechBeat = { kind: "speech", speaker: element.name.replace(/\s+/g, " "), text: parts.join(" ").replace(/\s+/g, " "), parenthetical, delivery, dual: element.dual !== null, source: { start: element.start, end } };
  const lines = speakable(beat.text);
  return lines.length === 1 ? [beat] : lines.map((text) => ({ ...beat, text, dual: false }));
}

/** Narration in lines of a few sentences, so that pictures can follow it. */
function narration(text: string, source: SourceRange): SpeechBeat[] {
  const beats: SpeechBeat[] = [];
  for (const sentence of sentences(text).flatMap(speakable)) {
    const last = beats[beats.length - 1];
    if (last && countWords(last.text) + countWords(sentence) <= NARRATION_WORDS_MAX) last.text += ` ${sentence}`;
    else beats.push({ kind: "speech", speaker: NARRATOR, text: sentence, parenthetical: null, delivery: "voice-over", dual: false, source });
  }
  return beats;
}
