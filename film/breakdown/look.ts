import type { CharacterLook } from "../film.ts";
import { ADJECTIVES, COLOURS, SMALL_WORDS } from "./nouns.ts";
import { ANIMALS, CHILDREN, MACHINES, MEN, WOMEN, isPersonWord, sexOfName } from "./people.ts";
import { singular, words } from "./sentences.ts";

/** A stable number from words and a seed, 0 to 2^32 - 1. */
export function hashOf(text: string, seed: number): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const TOPS = ["#b8322f", "#2b7f83", "#d39a32", "#35639f", "#6f4f97", "#3f7d4f", "#c9747f", "#e3d7ba", "#4f8fc4", "#8f5a2e", "#7d8288", "#a3b53a"];
const BOTTOMS = ["#2b303c", "#4a3b32", "#3a4a63", "#5a5f52", "#1f2a2c"];
const HAIRS = ["#1e1a18", "#3b2718", "#6b4423", "#a8763e", "#c9a66b", "#7a2f1d"];
const SKINS = ["#f0c9a8", "#d9a57c", "#b97d56", "#8d5a3a", "#5f3b27"];
const PELTS = ["#8a6a4a", "#5c5f66", "#b5793f", "#3d3530", "#d8cfc0", "#8f4f2b"];
const METALS = ["#9aa7b4", "#6d7f8f", "#c2b280"];

const at = (list: readonly string[], index: number): string => list[index % list.length] ?? "#777777";

/** Who somebody seems to be, by the words of their name and description and by the pronouns used of them. Null where nothing says. */
export function presentsOf(name: string, description: string, pronouns: { she: number; he: number } = { she: 0, he: 0 }): CharacterLook["presents"] | null {
  const nameWords = words(name).map(({ lower }) => singular(lower));
  const described = words(description).map(({ lower }) => lower);
  const head = described.slice(0, 14).map(singular);
  const kind = kindOf(description);
  const age = /(?<![\d:])(\d{1,3})(?![\ds])/.exec(description)?.[1];
  if (nameWords.some((word) => ANIMALS.has(word)) || kind.some((word) => ANIMALS.has(word))) return "animal";
  if (nameWords.some((word) => MACHINES.has(word)) || [...kind, ...described.slice(-3)].some((word) => MACHINES.has(word))) return "machine";
  if (nameWords.some((word) => CHILDREN.has(word)) || (age !== undefined && Number(age) < 13) || kind.some((word) => CHILDREN.has(word))) return "child";
  const titled = nameWords.map((word) => (WOMEN.has(word) ? "woman" : MEN.has(word) ? "man" : null)).find((sex) => sex !== null);
  if (titled) return titled;
  const said = head.slice(0, 8).map((word) => (WOMEN.has(word) ? "woman" : MEN.has(word) ? "man" : null)).find((sex) => sex !== null);
  if (said) return said;
  const own = /\b(she|her|hers|he|his|him)\b/i.exec(description)?.[1]?.toLowerCase();
  if (own) return own.startsWith("s") || own.startsWith("her") ? "woman" : "man";
  if (/\b(?:beard|bearded|moustache|mustache)\b/i.test(description)) return "man";
  const named = words(name).map(({ lower }) => sexOfName(lower)).find((sex) => sex !== null);
  if (named) return named;
  if (pronouns.she !== pronouns.he) return pronouns.she > pronouns.he ? "woman" : "man";
  const [first] = nameWords;
  return first && /^\p{L}{3,}[aая]$/u.test(first) ? "woman" : null;
}

/** The noun by which a description begins, with one word before it: `a small field mouse`. Empty where it begins otherwise. */
function kindOf(description: string): string[] {
  const rest = words(description).filter(({ text }) => !/^\d/.test(text));
  const skipped = rest.findIndex(({ lower }) => !ADJECTIVES.has(lower) && COLOURS[lower] === undefined && !SMALL_WORDS.has(lower));
  const [first, second] = rest.slice(Math.max(0, skipped)).map(({ lower }) => lower);
  if (first === undefined || (first.endsWith("s") && !isPersonWord(first))) return [];
  return [first, second ?? ""].map(singular);
}

/** Colour of the first word among some nouns that has one in front of it. */
function colourOf(description: string, nouns: RegExp): string | undefined {
  const found = words(description);
  for (const [index, word] of found.entries()) {
    if (!nouns.test(word.lower)) continue;
    for (let back = index - 1; back >= Math.max(0, index - 3); back -= 1) {
      const colour = COLOURS[found[back]?.lower ?? ""];
      if (colour) return colour;
    }
  }
  return undefined;
}

const TOP = /^(?:raincoat|coat|overcoat|jacket|blazer|cardigan|waistcoat|vest|sweater|jumper|pullover|hoodie|shirt|blouse|t-shirt|vest|dress|gown|robe|bathrobe|uniform|suit|tuxedo|spacesuit|jumpsuit|flight|apron|cloak|cape|overalls|habit|parka|anorak|kimono|scarf|shawl|pyjamas|pajamas|tunic|turban)$/;
const BOTTOM = /^(?:trousers|pants|jeans|shorts|skirt|leggings|boots)$/;
const HAT = /\b(?:hat|cap|beanie|helmet|bonnet|hood|hooded|turban|headscarf|fedora|bowler|beret|sombrero|fez|crown)\b/i;

function hairStyleOf(description: string, presents: CharacterLook["presents"], hash: number): CharacterLook["hairStyle"] {
  if (/\b(?:bald|shaved head|hairless)\b/i.test(description)) return "bald";
  if (HAT.test(description)) return "hat";
  if (/\b(?:bun|chignon|hair up)\b/i.test(description)) return "bun";
  if (/\b(?:curly|curls|afro|frizzy)\b/i.test(description)) return "curly";
  if (/\b(?:long hair|ponytail|braids?|plaits?)\b/i.test(description)) return "long";
  if (/\b(?:short hair|cropped|crew cut)\b/i.test(description)) return "short";
  const usual: Record<CharacterLook["presents"], CharacterLook["hairStyle"][]> = { woman: ["long", "bun", "curly", "long"], man: ["short", "short", "curly", "short"], child: ["short", "curly", "long"], neutral: ["short", "curly"], animal: ["short"], machine: ["bald"] };
  const choice = usual[presents];
  return choice[hash % choice.length] ?? "short";
}

function hairOf(description: string, hash: number): string {
  if (/\b(?:white|silver|grey|gray)[- ](?:hair|haired|beard|bearded)\b/i.test(description) || /\b(?:[6-9]0s|[6-9]\d)\b/.test(description) || /\b(?:elderly|old)\b/i.test(description)) return "#c9c7c2";
  if (/\b(?:blond|blonde|fair-haired)\b/i.test(description)) return "#d8b767";
  if (/\b(?:redhead|red-haired|ginger|red hair)\b/i.test(description)) return "#9c4a22";
  if (/\b(?:black|dark)[- ]hair/i.test(description)) return "#1e1a18";
  return at(HAIRS, hash);
}

const usualBuild = (presents: CharacterLook["presents"], hash: number): CharacterLook["build"] => (hash % 3 === 0 ? "slim" : presents === "man" && hash % 3 === 1 ? "broad" : "medium");

function heightOf(presents: CharacterLook["presents"], description: string): number {
  const base = { woman: 0.96, man: 1.02, neutral: 1, child: 0.68, animal: 0.45, machine: 0.95 }[presents];
  if (presents === "animal") return /\b(?:horse|camel|elephant|bear|giraffe|dragon|lion|tiger|cow|deer)\b/i.test(description) ? 0.95 : base;
  return /\b(?:tall|huge|giant|towering)\b/i.test(description) ? base * 1.08 : /\b(?:short|tiny|small|little)\b/i.test(description) ? base * 0.92 : base;
}

/**
 * How somebody is drawn, from what the script says of them; what it does not say comes from name and seed. Tops in `taken` are left to
 * those who have them, as long as there are others and the script does not name a colour.
 */
export function lookOf(name: string, description: string, seed: number, { taken = [], presents: given }: { taken?: readonly string[]; presents?: CharacterLook["presents"] | null } = {}): CharacterLook {
  const whole = `${name}. ${description}`.replaceAll("_", " ");
  const hash = hashOf(name, seed);
  const presents = given ?? presentsOf(name, description) ?? "neutral";
  const free = TOPS.filter((colour) => !taken.includes(colour));
  const choice = free.length > 0 ? free : TOPS;
  const creature = presents === "animal" ? PELTS : presents === "machine" ? METALS : null;
  const pelt = creature ? (colourOf(whole, /^(?:mouse|dog|cat|fox|bear|rabbit|horse|owl|bird|fur|robot|\p{L}+)$/u) ?? at(creature, hash >>> 7)) : null;
  const stated = colourOf(whole, TOP);
  return {
    presents,
    hair: pelt ?? hairOf(whole, hash >>> 3),
    hairStyle: hairStyleOf(whole, presents, hash >>> 5),
    skin: pelt ?? at(SKINS, hash >>> 9),
    top: stated !== undefined && !taken.includes(stated) ? stated : at(choice, hash >>> 11),
    bottom: colourOf(whole, BOTTOM) ?? at(BOTTOMS, hash >>> 13),
    height: Math.round(heightOf(presents, whole) * 100) / 100,
    build: /\b(?:fat|broad|heavy|stout|burly|huge|big|muscular|stocky)\b/i.test(whole) ? "broad" : /\b(?:thin|slim|slender|skinny|lean|gaunt)\b/i.test(whole) ? "slim" : usualBuild(presents, hash >>> 17),
  };
}
