import type { FilmChanged, Shot } from "#lib/api/types.ts";

/** What can be done to shots, from the board, the table and the inspector alike. */
export interface ShotActions {
  /** Opens a shot beside the board; null closes it. */
  choose: (shot: Shot | null) => void;
  add: (scene: string, after: string | null) => void;
  move: (shot: Shot, after: string | null) => Promise<void>;
  split: (shot: Shot) => Promise<void>;
  /** Tells once it is removed, before its inspector closes: until then, what was typed there stays. */
  remove: (shot: Shot, removed?: () => void) => Promise<void>;
  /** An edit was saved. */
  edited: (changed: FilmChanged) => Promise<void>;
}

/** The shot to stand behind after one step in a direction, or undefined where there is no such step. */
export function stepTo(shots: Shot[], shot: Shot, direction: "earlier" | "later"): string | null | undefined {
  const at = shots.findIndex(({ id }) => id === shot.id);
  if (direction === "earlier") return at <= 0 ? undefined : (shots[at - 2]?.id ?? null);
  return at < 0 || at >= shots.length - 1 ? undefined : shots[at + 1]?.id;
}
