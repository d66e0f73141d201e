import type { Film } from "../film.ts";

/** A field that somebody else changed since the base of an edit, with both values. */
export interface FieldConflict {
  field: string;
  yours: unknown;
  theirs: unknown;
}

/** Why an edit was not made. The film is as it was. */
export interface EditRefusal {
  ok: false;
  code: "not_found" | "conflict" | "invalid";
  /** For the person who edits. */
  detail: string;
  fields: FieldConflict[];
}

export type EditResult = { ok: true; film: Film } | EditRefusal;

export const refuse = (code: EditRefusal["code"], detail: string, fields: FieldConflict[] = []): EditRefusal => ({ ok: false, code, detail, fields });

export const changed = (film: Film, changes: Partial<Film>): EditResult => ({ ok: true, film: { ...film, ...changes, version: film.version + 1 } });

/** Equality of what JSON can say, whatever the order of keys. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(Reflect.get(a, key), Reflect.get(b, key)));
}

export interface FieldEdit {
  /** What the fields are now. */
  current: object;
  /** Field -> film version at which a person last set it. */
  edited: Record<string, number | undefined>;
  /** What is to be set. */
  fields: object;
  /** The film version that the edit began from. */
  base: number;
}

/** Fields that were set after the base, to something else than is asked for now. Disjoint edits merge. */
export function conflictsOf({ current, edited, fields, base }: FieldEdit): FieldConflict[] {
  return Object.entries(fields).flatMap(([field, yours]) => {
    const theirs: unknown = Reflect.get(current, field);
    return (edited[field] ?? 0) > base && !same(yours, theirs) ? [{ field, yours, theirs }] : [];
  });
}

export const conflict = (what: string, fields: FieldConflict[]): EditRefusal =>
  refuse("conflict", `${what} was changed elsewhere since you opened it: ${fields.map(({ field }) => field).join(", ")}. Choose which to keep.`, fields);
