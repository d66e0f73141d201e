import type { EditListView } from "#lib/api/types.ts";

export type EditContent = Pick<EditListView, "entries" | "levels" | "offsets" | "cues" | "titles">;
type Part = keyof EditContent | "order";
type Value = string | number | boolean | string[];

/** One thing that an edit list says, such as a trim of an entry. */
export interface EditField {
  part: Part;
  /** The entry, cue or card; of a level or an offset its own name; nothing of the order. */
  id: string;
  name: string;
  value: Value;
}

/** A field that two people set to different things. */
export interface EditClash extends EditField {
  key: string;
  theirs: Value;
}

const entryNames = ["trimStart", "trimEnd", "transition", "omitted"] as const;
const titleNames = ["title", "subtitle", "seconds"] as const;

export const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const keyOf = ({ part, id, name }: Omit<EditField, "value">): string => [part, id, name].join(" ");

/** Everything that can be set of an edit list, by its key. */
export function fieldsOf({ entries, levels, offsets, cues, titles }: EditContent): Map<string, EditField> {
  const fields: EditField[] = [
    { part: "order", id: "", name: "", value: entries.map(({ id }) => id) },
    ...entries.flatMap((entry) => entryNames.map((name) => ({ part: "entries" as const, id: entry.id, name, value: entry[name] }))),
    ...Object.entries(levels).map(([id, value]) => ({ part: "levels" as const, id, name: "", value })),
    ...Object.entries(offsets).map(([id, value]) => ({ part: "offsets" as const, id, name: "", value })),
    ...cues.map(({ id, mood }) => ({ part: "cues" as const, id, name: "mood", value: mood })),
    ...titles.flatMap((card) => titleNames.map((name) => ({ part: "titles" as const, id: card.id, name, value: card[name] }))),
  ];
  return new Map(fields.map((field) => [keyOf(field), field]));
}

/** Sets a field; one of something that is no longer there sets nothing. */
export function setField(content: EditContent, { part, id, name, value }: EditField): void {
  if (part === "order") content.entries = inOrder(content.entries, value);
  else if (part === "levels" || part === "offsets") Object.assign(content[part], { [id]: value });
  else Object.assign(content[part].find((other) => other.id === id) ?? {}, { [name]: value });
}

/** Entries in an order that may lack some of them: those stay behind whom they stood behind. */
function inOrder(entries: EditContent["entries"], order: unknown): EditContent["entries"] {
  const ids: unknown[] = Array.isArray(order) ? order : [];
  const places = new Map(ids.map((id, at) => [id, at]));
  const placeOf = ({ id }: EditContent["entries"][number]) => places.get(id) ?? -1;
  const sorted = entries.filter(({ id }) => places.has(id)).toSorted((a, b) => placeOf(a) - placeOf(b));
  entries.forEach((entry, at) => {
    if (places.has(entry.id)) return;
    const before = entries[at - 1];
    sorted.splice(before ? sorted.indexOf(before) + 1 : 0, 0, entry);
  });
  return sorted;
}

/** Two orders of what both have. */
function shared(mine: Value | undefined, theirs: Value | undefined): [string[], string[]] {
  const [a, b] = [new Set(Array.isArray(mine) ? mine : []), new Set(Array.isArray(theirs) ? theirs : [])];
  return [[...a].filter((id) => b.has(id)), [...b].filter((id) => a.has(id))];
}

const agree = (part: Part, one: Value | undefined, other: Value | undefined): boolean => (part === "order" ? same(...shared(one, other)) : same(one, other));

/** The newer edit with my changes in it, and the keys of what both of us changed, which is left as I have it. */
export function merge({ base, mine, theirs }: { base: EditContent; mine: EditContent; theirs: EditContent }): { content: EditContent; clashes: string[] } {
  const content = structuredClone(theirs);
  const [before, now] = [fieldsOf(base), fieldsOf(theirs)];
  const clashes: string[] = [];
  for (const [key, field] of fieldsOf(mine)) {
    const { part, value } = field;
    const [was, is] = [before.get(key)?.value, now.get(key)?.value];
    if (agree(part, value, was) || agree(part, value, is)) continue;
    setField(content, field);
    if (!agree(part, was, is) && (is !== undefined || part === "offsets")) clashes.push(key);
  }
  return { content, clashes };
}

/** Of the keys those that still differ, with both values. */
export function clashesIn(keys: readonly string[], { mine, theirs }: { mine: EditContent; theirs: EditContent }): EditClash[] {
  const [ours, other] = [fieldsOf(mine), fieldsOf(theirs)];
  return keys.flatMap((key) => {
    const [field, against] = [ours.get(key), other.get(key)];
    return field && against && !same(field.value, against.value) ? [{ ...field, key, theirs: against.value }] : [];
  });
}

/** The stretch of two orders within which they differ. */
export function differing(mine: string[], theirs: string[]): [string[], string[]] {
  let [from, end] = [0, 0];
  while (from < mine.length && mine[from] === theirs[from]) from += 1;
  while (end < mine.length - from && mine.at(-1 - end) === theirs.at(-1 - end)) end += 1;
  return [mine.slice(from, mine.length - end), theirs.slice(from, theirs.length - end)];
}
