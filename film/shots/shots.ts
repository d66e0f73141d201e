import { type Beat, type Breakdown, type BreakdownScene, type SpeechBeat, propsIn, sentences, speakerName } from "../breakdown/index.ts";
import type { ShotFields, SourceRange } from "../film.ts";
import { NARRATOR } from "../film.ts";
import { actionSeconds, countWords, speakingSeconds, toFrames } from "../timing.ts";
import { readDirection } from "./direction.ts";
import { type Frame, type Moment, framingFor, moveFor } from "./grammar.ts";

/** A camera set-up as the script asks for it. People are names of the breakdown; `lines` are indexes among the scene's speeches. */
export interface PlannedShot extends ShotFields {
  lines: number[];
  source: SourceRange;
}

/** What a shot is made of before its size is known. */
interface SetUp {
  moment: Moment;
  text: string;
  people: string[];
  props: string[];
  framing: ShotFields["framing"] | null;
  cameraMove: ShotFields["cameraMove"] | null;
  intimate: boolean;
  lines: number[];
  seconds: number;
  source: SourceRange;
}

/** Words of action that one shot shows at most, unless a single sentence has more. */
const ACTION_WORDS_MAX = 20;
const ACTION_LETTERS_MAX = 300;
/** Seconds of quick exchange that one two-shot holds at most. */
const EXCHANGE_SECONDS_MAX = 5;
const SHOT_SECONDS_MAX = 60;
/** People of a scene that are kept in mind at once. */
const SEEN_MAX = 12;
const INTIMATE = /soft|quiet|whisper|tear|crying|tender|under (?:his|her) breath|to (?:him|her)self|barely|broken|gently|hoarse/i;

interface SceneState {
  breakdown: Breakdown;
  scene: BreakdownScene;
  seed: number;
  setUps: SetUp[];
  /** People seen so far in the scene, last seen last. */
  seen: string[];
}

/** Plans the shots of one scene: wide first, then action by its beats and speech by its speakers. */
export function planShots(breakdown: Breakdown, scene: BreakdownScene, seed: number): PlannedShot[] {
  const state: SceneState = { breakdown, scene, seed, setUps: [], seen: [] };
  let spoken = 0;
  const onScreen = new Set(scene.beats.slice(0, 200).flatMap((beat) => (beat.kind === "speech" && beat.delivery === "on-screen" ? [personOf(state, beat)] : [])).slice(0, SEEN_MAX));
  for (const [index, beat] of scene.beats.entries()) {
    if (beat.kind === "action") addAction(state, beat);
    else {
      addSpeech(state, { beat, line: spoken, onScreen, previous: scene.beats[index - 1] });
      spoken += 1;
    }
  }
  return state.setUps.map((setUp, index) => finish(state, setUp, index));
}

const personOf = ({ breakdown }: SceneState, beat: SpeechBeat): string => breakdown.person(speakerName(beat.speaker))?.name ?? beat.speaker;

function see(state: SceneState, people: string[]): void {
  state.seen = [...state.seen.filter((name) => !people.includes(name)), ...people].slice(-SEEN_MAX);
}

function addAction(state: SceneState, beat: Extract<Beat, { kind: "action" }>): void {
  let open: SetUp | null = null;
  for (const sentence of sentences(beat.text)) {
    const direction = readDirection(sentence);
    if (direction.text === "" && !direction.explicit) continue;
    const mentions = state.breakdown.findMentions(direction.text);
    const text = readable(direction.text, mentions);
    const named = [...new Set(mentions.map(({ name }) => name))];
    const people = named.length > 0 ? named : pronounOf(state, text);
    const props = [...new Set(propsIn(text, mentions).map(({ name }) => name))];
    see(state, people);
    const first = state.setUps.length === 0;
    const detail: boolean = direction.framing === "insert" || (!first && named.length === 0 && props.length > 0 && countWords(text) <= 12 && !/^(?:he|she|they)\b/i.test(text));
    const goesOn = open !== null && !direction.explicit && !detail && (open.moment !== "detail" || people.length === 0) && open.text.length <= ACTION_LETTERS_MAX && countWords(open.text) + countWords(text) <= ACTION_WORDS_MAX && (open.people.length === 0 || named.every((name) => open?.people.includes(name)));
    if (goesOn && open) {
      open.text = `${open.text} ${text}`.trim();
      open.people = [...new Set([...open.people, ...people])];
      open.props = [...new Set([...open.props, ...props])];
      open.seconds += actionSeconds(text) * 0.8;
      continue;
    }
    open = { moment: first ? "establishing" : detail ? "detail" : "action", text, people: detail ? named : people, props, framing: direction.framing, cameraMove: direction.cameraMove, intimate: false, lines: [], seconds: actionSeconds(text), source: beat.source };
    state.setUps.push(open);
  }
}

/** Names in capitals as they are written in a sentence; the rest stays where it is. */
function readable(text: string, mentions: { from: number; to: number }[]): string {
  let result = "";
  let at = 0;
  for (const { from, to } of mentions) {
    result += text.slice(at, from) + title(text.slice(from, to));
    at = to;
  }
  return result + text.slice(at);
}

/** Who `he`, `she` or `they` means: the last one seen who presents so. */
function pronounOf({ breakdown, seen }: SceneState, text: string): string[] {
  const pronoun = /\b(she|her|he|his|him|they|them|both)\b/i.exec(text)?.[1]?.toLowerCase();
  if (!pronoun) return [];
  if (["they", "them", "both"].includes(pronoun)) return seen.slice(-2);
  const wanted = pronoun.startsWith("s") || pronoun === "her" ? "woman" : "man";
  const fits = (name: string) => {
    const presents = breakdown.person(name)?.look.presents;
    return presents === wanted || (presents !== "woman" && presents !== "man");
  };
  const last = seen.findLast(fits);
  return last === undefined ? [] : [last];
}

interface Spoken {
  beat: SpeechBeat;
  line: number;
  onScreen: Set<string>;
  previous: Beat | undefined;
}

function addSpeech(state: SceneState, { beat, line, onScreen, previous }: Spoken): void {
  const speaker = personOf(state, beat);
  const seconds = speakingSeconds(beat.text) + 0.25;
  const last = state.setUps[state.setUps.length - 1];
  const intimate = INTIMATE.test(beat.parenthetical ?? "");
  const base = { props: [], framing: null, cameraMove: null, intimate, lines: [line], seconds, source: beat.source };
  if (beat.speaker === NARRATOR || beat.delivery !== "on-screen") {
    if (last && last.lines.length === 0 && previous?.kind === "action") return carry(last, { line, seconds });
    if (beat.speaker === NARRATOR) return narrate(state, { beat, base });
    const listeners = state.seen.filter((name) => name !== speaker).slice(-1);
    state.setUps.push({ ...base, moment: listeners.length > 0 ? "listening" : "narrated", text: listeners[0] ? `${title(listeners[0])} listens.` : placeOf(state.scene), people: listeners });
    return;
  }
  if (beat.dual && last?.moment === "chorus") return carry(last, { line, seconds: 0 });
  const others = [...new Set([...state.seen, ...onScreen])].filter((name) => name !== speaker);
  const partner = others[others.length - 1];
  see(state, [speaker]);
  if (beat.dual) state.setUps.push({ ...base, moment: "chorus", text: `${title(speaker)}${partner ? ` and ${title(partner)}` : ""} speak at once.`, people: partner ? [speaker, partner] : [speaker] });
  else if (state.setUps.length === 0) state.setUps.push({ ...base, moment: "establishing", text: placeOf(state.scene), people: partner ? [speaker, partner] : [speaker] });
  else if (last && exchanges(last, { speaker, seconds })) carry(last, { line, seconds });
  else state.setUps.push({ ...base, ...coverage(state, { speaker, partner, seconds, last, intimate, text: beat.parenthetical }) });
}

/** Lets a line be heard over a picture that is there already. */
function carry(setUp: SetUp, { line, seconds }: { line: number; seconds: number }): void {
  const heard = setUp.lines.length > 0;
  setUp.lines.push(line);
  setUp.seconds = heard ? setUp.seconds + seconds : Math.max(setUp.seconds, seconds);
}

/** A quick answer stays within a two-shot that both are in. */
const exchanges = (last: SetUp, { speaker, seconds }: { speaker: string; seconds: number }) =>
  last.moment === "two-shot" && last.people.includes(speaker) && last.lines.length > 0 && last.seconds + seconds <= EXCHANGE_SECONDS_MAX;

/** How a speaker is seen: both together first, then over a shoulder, then alone. */
function coverage(state: SceneState, { speaker, partner, seconds, last, intimate, text }: { speaker: string; partner: string | undefined; seconds: number; last: SetUp | undefined; intimate: boolean; text: string | null }): Pick<SetUp, "moment" | "text" | "people"> {
  const manner = text ? `, ${text.replace(/[.]$/, "")}` : "";
  const alone = partner === undefined ? `${title(speaker)}${manner || " speaks"}.` : `${title(speaker)}, facing ${title(partner)}${manner}.`;
  if (partner === undefined || intimate) return { moment: "single", text: alone, people: [speaker] };
  const talked = state.setUps.slice(-40).some(({ lines }) => lines.length > 0);
  if (!talked && seconds < EXCHANGE_SECONDS_MAX) return { moment: "two-shot", text: `${title(speaker)} and ${title(partner)}, face to face${manner}.`, people: [speaker, partner] };
  const over = last?.moment !== "over-shoulder" && last?.lines.length !== 0;
  if (over) return { moment: "over-shoulder", text: `${title(speaker)}, over ${title(partner)}'s shoulder${manner}.`, people: [speaker, partner] };
  return { moment: "single", text: alone, people: [speaker] };
}

function narrate(state: SceneState, { beat, base }: { beat: SpeechBeat; base: Omit<SetUp, "moment" | "text" | "people"> }): void {
  const mentions = state.breakdown.findMentions(beat.text);
  const people = [...new Set(mentions.map(({ name }) => name))];
  const props = [...new Set(propsIn(beat.text, mentions).map(({ name }) => name))];
  see(state, people);
  state.setUps.push({ ...base, moment: state.setUps.length === 0 ? "establishing" : "narrated", text: sentences(beat.text)[0] ?? beat.text, people, props });
}

/** A name as it is written in a sentence. */
const title = (name: string): string => (/\p{Ll}/u.test(name) ? name : name.toLowerCase().replace(/(^|[\s.\-'’])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase()));

const placeOf = ({ place }: BreakdownScene): string => (place === "" ? "The place." : `${title(place)}.`);

function finish({ scene, seed, setUps }: SceneState, setUp: SetUp, index: number): PlannedShot {
  const before = setUps[index - 1];
  const sameSubject = before !== undefined && before.people.join() === setUp.people.join();
  const frame: Frame = { moment: setUp.moment, text: setUp.text, people: setUp.people.length, setting: scene.setting, previous: before?.framing ?? null, sameSubject, intimate: setUp.intimate, seed };
  setUp.framing ??= framingFor(frame);
  const description = setUp.text === "" ? placeOf(scene) : setUp.text;
  return {
    description: description.length > 300 ? `${description.slice(0, 299)}…` : description,
    framing: setUp.framing,
    cameraMove: setUp.cameraMove ?? moveFor(frame, setUp.framing),
    cast: setUp.people,
    props: setUp.props,
    seconds: Math.min(SHOT_SECONDS_MAX, toFrames(Math.max(setUp.seconds, 1.5))),
    lines: setUp.lines,
    source: setUp.source,
  };
}
