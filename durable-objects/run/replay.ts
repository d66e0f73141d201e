/** Goes through a run again from its log: the same tellings at the same times must give the same rows and the same commands to the wallet. Pure. */
import { noEffects, type Command, type RunBook } from "./book.ts";
import { rowsOf, type Logged } from "./log.ts";
import { bookOf, type Opening } from "./opening.ts";
import { advance, RULES } from "./rules.ts";
import type { Snapshot } from "./snapshot.ts";
import type { LogRow } from "./sql.ts";
import { attend, tell } from "./telling.ts";

export interface Recorded {
  opening: Opening;
  snapshot: Snapshot;
  rows: LogRow[];
}

export interface Replayed {
  changes: number;
  /** Whether the run was decided by the rules that it was gone through again with: by others, rows may differ for that. */
  isBySameRules: boolean;
  /** Rows that came out otherwise: their number, and both texts. */
  differences: { seq: number; recorded: string; replayed: string }[];
  commands: Command[];
}

/** Throws where the log is of before runs were recorded. */
export function replay({ opening, snapshot, rows }: Recorded): Replayed {
  let book: RunBook | null = null;
  const result: Replayed = { changes: 0, isBySameRules: (opening.rules ?? 1) === RULES, differences: [], commands: [] };
  for (const change of changesIn(rows)) {
    const [first] = change;
    if (!first) continue;
    const told = (JSON.parse(first.data) as Logged["data"]).told;
    if (!told) throw new Error(`row ${first.seq} does not say what the run was told`);
    const fx = noEffects(first.at, () => {
      const random = "random" in told ? told.random : null;
      if (random === null) throw new Error(`row ${first.seq} asks for chance, and none is recorded`);
      return random;
    });
    if (told.call === "start") {
      book = bookOf(opening, { snapshot, takes: told.takes });
      fx.runIsDirty = true;
      for (const step of book.jobs.keys()) fx.dirty.add(step);
      advance(book, fx);
    } else {
      if (!book) throw new Error("the log does not begin with the run's start");
      attend(book, told);
      tell(book, fx, told);
      if (fx.dirty.size > 0 || fx.runIsDirty) advance(book, fx);
    }
    result.changes += 1;
    result.commands.push(...fx.commands);
    compare(change, rowsOf(book, fx, told), result);
  }
  return result;
}

/** Rows of one change stand together; the first says what was told. */
function changesIn(rows: LogRow[]): LogRow[][] {
  const changes: LogRow[][] = [];
  for (const row of rows) {
    if ("told" in (JSON.parse(row.data) as object) || changes.length === 0) changes.push([row]);
    else changes.at(-1)?.push(row);
  }
  return changes;
}

function compare(recorded: LogRow[], replayed: Logged[], { differences }: Replayed): void {
  const textOf = ({ type, subject, data }: { type: string; subject: string; data: string }) => `${type} ${subject} ${data}`;
  for (let at = 0; at < Math.max(recorded.length, replayed.length); at += 1) {
    const was = recorded[at];
    const is = replayed[at];
    const texts = { recorded: was ? textOf(was) : "", replayed: is ? textOf({ ...is, data: JSON.stringify(is.data) }) : "" };
    if (texts.recorded !== texts.replayed) differences.push({ seq: was?.seq ?? recorded.at(-1)?.seq ?? 0, ...texts });
  }
}
