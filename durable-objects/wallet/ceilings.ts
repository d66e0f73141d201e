import type { Books } from "./books.ts";
import type { HoldInput, ReachedCeiling } from "./commands.ts";

export const reachedCeiling = (_sql: SqlStorage, _books: Books, _hold: HoldInput, _at: number): ReachedCeiling | undefined => undefined;
