import { DIRECTIONS, type Mention } from "./cast.ts";
import { ADJECTIVES, BODY, COLOURS, COMPOUNDS, CONTAINERS, GARMENTS, NOT_THINGS, ONLY_HANDLED, PROPS, SMALL_WORDS } from "./nouns.ts";
import { isPersonWord } from "./people.ts";
import { type Word, sentences, singular, words } from "./sentences.ts";

/** Verbs whose object is in somebody's hand. */
const HANDLING = new Set(`
hold holds holding held carry carries carrying carried take takes taking took grab grabs grabbing grabbed pick picks picking picked lift lifts lifting lifted drag drags dragging pull pulls pulling push pushes
raise raises raising drop drops dropping dropped throw throws throwing threw toss tosses tossing catch catches catching caught hand hands handing give gives giving gave pass passes passing offer offers
offering put puts putting place places placing set sets lay lays laying slide slides sliding open opens opening close closes fold folds folding unfold unfolds tear tears tearing rip rips cut cuts burn burns
burning light lights lighting strike strikes load loads loading fire fires aim aims aiming point points pointing swing swings swinging wave waves waving shake shakes clutch clutches clutching grip grips
gripping balance balances balancing juggle juggles read reads reading write writes writing draw draws play plays playing pour pours pouring drink drinks drinking sip sips eat eats eating bite bites peel
peels peeling stir stirs stirring wipe wipes wiping polish polishes polishing clean cleans wind winds winding plug plugs plugging press presses hide hides hiding pocket pockets unwrap unwraps wrap wraps
tie ties tying untie unties ring rings ringing use uses using hang hangs hanging break breaks breaking smash smashes snatch snatches snatching steal steals fetch fetches unlock unlocks lock locks wield
wields sharpen sharpens bring brings bringing wear count counts keep keeps keeping find finds show shows showing flip flips spin spins thread threads feed feeds fix fixes repair repairs
retrieve retrieves produce produces present presents brandish brandishes cradle cradles hug hugs squeeze squeezes roll rolls rolling unscrew unscrews start starts rides ride riding turn turns type types
retrieves collects collect gathers gather stacks stack stacked swallow swallows dial dials dialing answers pockets inspects inspect examines examine studies ties fills fill filling`.trim().split(/\s+/));

const DETERMINERS = new Set("a an the his her their its my your our this that these those another one two three four five six some both every each no".split(" "));

/** A thing that the action mentions: its name as shown, and the place of its noun. */
export interface Thing {
  name: string;
  noun: string;
  at: number;
}

/** Objects of a paragraph of action, by screenplay convention: in capitals, handled by somebody, or of a kind that must be supplied. */
export function propsIn(action: string, people: Mention[]): Thing[] {
  const found: Thing[] = [];
  const all = words(action);
  const taken = wordsOf(all, people);
  const mixed = /\p{Ll}/u.test(action);
  for (const [index, word] of all.entries()) {
    const noun = singular(word.lower);
    const capitals = mixed && word.text.length > 2 && /^\p{Lu}+$/u.test(word.text);
    if (taken.has(word) || SMALL_WORDS.has(word.lower) || GARMENTS.has(word.lower) || (capitals && DIRECTIONS.has(word.lower)) || isModifier(all, { index, action }) || isFigurative(all, index)) continue;
    const handled = isHandled(all, { index, action });
    const listed = PROPS.has(noun) && !isVerbHere(all, { index, action });
    const known = listed && (!ONLY_HANDLED.has(noun) || handled || capitals);
    const concrete = handled === "object" && endsPhrase(all, { index, action }) && !NOT_THINGS.has(noun) && !BODY.has(noun) && !GARMENTS.has(noun) && !isPersonWord(noun) && !ADJECTIVES.has(noun) && !PROPS.has(noun) && /^\p{Ll}{3,}$/u.test(word.text) && !/(?:ing|ly|ed|ness|tion|ment|ity)$/.test(noun);
    if (known || concrete) found.push({ name: nameOf(all, { index, action }), noun, at: word.from });
  }
  return found;
}

/** A noun is the last word of its phrase: what follows is no further noun. */
function endsPhrase(all: Word[], { index, action }: { index: number; action: string }): boolean {
  const word = all[index];
  const next = all[index + 1];
  return !word || !next || action.slice(word.to, next.from) !== " " || SMALL_WORDS.has(next.lower);
}

/** The words that mentions of people are made of. */
function wordsOf(all: Word[], people: Mention[]): Set<Word> {
  const found = new Set<Word>();
  let at = 0;
  for (const word of all) {
    while ((people[at]?.to ?? Number.POSITIVE_INFINITY) <= word.from) at += 1;
    if ((people[at]?.from ?? Number.POSITIVE_INFINITY) <= word.from) found.add(word);
  }
  return found;
}

/** True where the next word makes one thing with this one, so that this one is no thing by itself. */
function isModifier(all: Word[], { index, action }: { index: number; action: string }): boolean {
  const word = all[index];
  const next = all[index + 1];
  if (!word || !next || action.slice(word.to, next.from) !== " ") return false;
  const noun = singular(next.lower);
  return (PROPS.has(noun) || GARMENTS.has(noun)) && (COMPOUNDS.has(word.lower) || PROPS.has(word.lower)) && !isVerbHere(all, { index: index + 1, action });
}

/** Compared with (`like a trophy`), contained in another thing (`a cup of coffee`), or only the shape of something (`a ring of light`). */
function isFigurative(all: Word[], index: number): boolean {
  const before = [all[index - 1]?.lower, all[index - 2]?.lower, all[index - 3]?.lower];
  const noun = singular(all[index]?.lower ?? "");
  const determined = DETERMINERS.has(before[0] ?? "");
  if ((determined ? before[1] : before[0]) === "like") return true;
  if (before[0] === "of" && CONTAINERS.has(singular(before[1] ?? ""))) return true;
  if (/^fills?$|^filled$/.test(before[1] ?? "") && before[0] === "with") return true;
  return all[index + 1]?.lower === "of" && !CONTAINERS.has(noun) && ["ring", "net", "crown", "ball", "chain", "needle", "curtain", "blanket", "pool"].includes(noun);
}

const PREPOSITIONS = new Set("among of with in on at by from for between under over behind beside past and or through like into onto without against two three four".split(" "));

/** A word that is a verb where it stands: after a subject, or before an object of its own. */
function isVerbHere(all: Word[], { index, action }: { index: number; action: string }): boolean {
  const word = all[index];
  const previous = all[index - 1];
  const before = previous?.lower ?? "";
  const after = all[index + 1]?.lower ?? "";
  if (!word) return false;
  if (!/(?:s|ing|ed)$/.test(word.lower)) return ["to", "i", "you", "we", "they", "will", "can", "must"].includes(before) && (DETERMINERS.has(after) || SMALL_WORDS.has(after));
  const gap = previous ? action.slice(previous.to, word.from) : "";
  const objectFollows = DETERMINERS.has(after);
  if (DETERMINERS.has(before) || (isDescribing(before) && !objectFollows)) return false;
  if (gap.startsWith(",") || before === "and") return objectFollows;
  return gap === " " && !PREPOSITIONS.has(before) && !HANDLING.has(before);
}

/** What stands after a thing that somebody has about them. */
const IN_HAND = /^(?:,? (?:held|tucked|slung|clutched|balanced))? (?:in|under|between|over|on|to|behind|across) (?:his|her|their|its) (?:\p{L}+ )?(?:hands?|arms?|fists?|shoulders?|laps?|fingers|teeth|back|head|knees?|palms?|chest|hip|wrist|neck|mouth)\b/iu;

/** Describing words between an article and its noun, at most. */
const DESCRIBING_MAX = 5;

/** `object` where a noun is the object of a handling verb, `with` where somebody has it, null otherwise. */
function isHandled(all: Word[], { index, action }: { index: number; action: string }): "object" | "with" | null {
  if (IN_HAND.test(action.slice(all[index]?.to ?? 0, (all[index]?.to ?? 0) + 60))) return "with";
  let at = index - 1;
  const joined = () => /^[ ]?[-’']?$/.test(action.slice(all[at]?.to ?? 0, all[at + 1]?.from ?? 0)) || action.slice(all[at]?.to ?? 0, all[at + 1]?.from ?? 0) === ", ";
  while (at >= Math.max(0, index - DESCRIBING_MAX) && joined() && (ADJECTIVES.has(all[at]?.lower ?? "") || COLOURS[all[at]?.lower ?? ""] !== undefined || COMPOUNDS.has(all[at]?.lower ?? ""))) at -= 1;
  const determiner = all[at];
  if (!determiner || !DETERMINERS.has(determiner.lower)) return null;
  at -= 1;
  while (at >= Math.max(0, index - 2 * DESCRIBING_MAX) && ["up", "down", "out", "off", "open", "onto", "on", "over", "him", "her", "them", "me", "it"].includes(all[at]?.lower ?? "")) at -= 1;
  const verb = all[at];
  if (!verb || /[.;:!?]/.test(action.slice(verb.to, determiner.from))) return null;
  if (["with", "holding", "carrying", "from", "by"].includes(verb.lower)) return "with";
  const person = /^\p{Lu}/u.test(verb.text) && HANDLING.has(all[at - 1]?.lower ?? "");
  return HANDLING.has(verb.lower) || person ? "object" : null;
}

function nameOf(all: Word[], { index, action }: { index: number; action: string }): string {
  const word = all[index];
  const before = all[index - 1];
  if (!word) return "";
  const joined = before && action.slice(before.to, word.from) === " " && COMPOUNDS.has(before.lower) && !HANDLING.has(before.lower);
  return joined ? `${before.lower} ${word.lower}` : word.lower;
}

/** A garment, as the action describes it, and whose it is. */
export interface Garment {
  character: string | null;
  item: string;
}

/** What people wear: garments with the words that describe them, given to whoever was named last before them. */
export function garmentsIn(action: string, find: (text: string) => Mention[]): Garment[] {
  const found: Garment[] = [];
  let wearer: string | null = null;
  for (const sentence of sentences(action)) {
    const mentions = find(sentence);
    const all = words(sentence);
    if (!/^(?:he|she|they|it|his|her|their)\b/i.test(sentence) && mentions.length === 0) wearer = null;
    let said = 0;
    for (const [index, word] of all.entries()) {
      for (let named = mentions[said]; named && named.from <= word.from; named = mentions[said]) {
        wearer = named.name;
        said += 1;
      }
      const next = all[index + 1];
      const compound = next !== undefined && sentence.slice(word.to, next.from) === " " && (GARMENTS.has(singular(next.lower)) || GARMENTS.has(next.lower) || PROPS.has(singular(next.lower)));
      if (compound || !(GARMENTS.has(word.lower) || GARMENTS.has(singular(word.lower))) || isVerbHere(all, { index, action: sentence })) continue;
      if (/^(?:suit|cap|boot|belt|heel|trunks|dress|shorts|coats?|tie|hood|mask|costume)$/.test(word.lower) && /^(?:to|and)$/.test(all[index - 1]?.lower ?? "") && DETERMINERS.has(next?.lower ?? "")) continue;
      let from = index;
      while (from > Math.max(0, index - DESCRIBING_MAX) && isDescribing(all[from - 1]?.lower ?? "") && /^[ ]$|^, $/.test(sentence.slice(all[from - 1]?.to ?? 0, all[from]?.from ?? 0))) from -= 1;
      found.push({ character: wearer, item: all.slice(from, index + 1).map(({ lower }) => lower).join(" ") });
    }
  }
  return found;
}

const isDescribing = (word: string) => ADJECTIVES.has(word) || COLOURS[word] !== undefined || COMPOUNDS.has(word);
