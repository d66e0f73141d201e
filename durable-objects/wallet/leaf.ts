/**
 * A wallet's leaf in a signed root of the ledger: how far its log goes and the hash that it ends with. The wallet says so itself, remembers
 * what it said, and compares with what the root before has of it, so that a wallet that was restored to an earlier state is found out.
 */
import type { Books } from "./books.ts";

export interface Leaf {
  wallet: string;
  seq: number;
  head: string;
}

export interface LeafInput {
  /** The number of the root. */
  root: number;
  /** What the root before has of this wallet. */
  atLeast: { seq: number; head: string } | null;
}

/** `leaf` is null where nothing ever happened. `superseded`: a later root had a leaf of this wallet already. */
export type LeafOutcome =
  | { ok: true; leaf: Leaf | null }
  | { ok: false; code: "frozen"; detail: string }
  | { ok: false; code: "superseded"; root: number };

/** Only wallets that gave a leaf have it; those made before there were roots too. */
const schema = "CREATE TABLE IF NOT EXISTS leaf_given (one INTEGER PRIMARY KEY CHECK (one = 1), root INTEGER NOT NULL, seq INTEGER NOT NULL, head TEXT NOT NULL) STRICT";

interface Given {
  [column: string]: SqlStorageValue;
  root: number;
  seq: number;
  head: string;
}

function given(sql: SqlStorage): Given | undefined {
  sql.exec(schema);
  return sql.exec<Given>("SELECT root, seq, head FROM leaf_given").toArray()[0];
}

/** The entry that others have seen and this log lacks, or null. */
export function lostEntry(sql: SqlStorage, books: Books, seen: { seq: number; head: string } | null): number | null {
  const own = books.seq === 0 ? [] : [given(sql)];
  for (const claim of [seen, ...own]) {
    if (claim && hashAt(sql, books, claim.seq) !== claim.head) return claim.seq;
  }
  return null;
}

function hashAt(sql: SqlStorage, books: Books, seq: number): string | null {
  if (seq > books.seq || seq < 1) return null;
  return sql.exec<{ hash: string }>("SELECT hash FROM entries WHERE seq = ?", seq).toArray()[0]?.hash ?? null;
}

/** The leaf for a root; the same one, however often that root asks. */
export function leafFor(sql: SqlStorage, { wallet, seq, head }: Books, root: number): LeafOutcome {
  if (seq === 0) return { ok: true, leaf: null };
  const before = given(sql);
  if (before && before.root > root) return { ok: false, code: "superseded", root: before.root };
  if (before?.root === root) return { ok: true, leaf: { wallet, seq: before.seq, head: before.head } };
  sql.exec("INSERT INTO leaf_given (one, root, seq, head) VALUES (1, ?, ?, ?) ON CONFLICT DO UPDATE SET root = excluded.root, seq = excluded.seq, head = excluded.head", root, seq, head);
  return { ok: true, leaf: { wallet, seq, head } };
}
