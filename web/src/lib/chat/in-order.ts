import type { Take } from "#lib/api/types.ts";

type Ordered = Pick<Take, "id" | "createdAt">;

/** Exchanges of two lists, each once, oldest first, as they are listed. */
export function inOrder<Each extends Ordered>(shown: readonly Each[], found: readonly Each[]): Each[] {
  const known = new Set(shown.map(({ id }) => id));
  const placeOf = ({ createdAt, id }: Ordered) => `${createdAt} ${id}`;
  return [...shown, ...found.filter(({ id }) => !known.has(id))].toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
}
