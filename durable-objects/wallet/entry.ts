/**
 * One entry of a wallet's log, its canonical text and its place in the hash chain. The format is a public promise:
 * docs/design/ledger-proof.md says it in words, and a change of it is a new `v`.
 */
import { createHash } from "node:crypto";
import { type Bucket, buckets, type HoldRef } from "./commands.ts";

/**
 * Accounts of a wallet. The buckets and `held` are what the studio has; `granted` is where credits come from (so it is negative),
 * `spent`, `expired` and `reclaimed` are where they go; `debt` is negative by what is owed. All accounts together are always 0.
 */
export const accounts = [...buckets, "held", "spent", "granted", "expired", "reclaimed", "debt"] as const;
export type Account = (typeof accounts)[number];

export const entryKinds = ["grant", "hold", "capture", "release", "hold_expired", "lot_expired", "claw_back", "finding"] as const;
export type EntryKind = (typeof entryKinds)[number];

/** Credits into (positive) or out of (negative) an account; `lot` says which lot's credits, where they are some lot's. */
export interface Posting {
  account: Account;
  credits: number;
  lot: number | null;
}

/** A lot that an entry opened. */
export interface LotOpened {
  bucket: Bucket;
  expiresAt: number | null;
  /** The lot whose expired credits live on here for a short grace. */
  graceOf: number | null;
  id: number;
}

export interface EntryFacts {
  at: number;
  /** When the hold that this entry opens expires. */
  expiresAt: number | null;
  hold: string | null;
  item: string | null;
  /** The key of the command, or null where the wallet acted by itself. */
  key: string | null;
  kind: EntryKind;
  lots: LotOpened[];
  postings: Posting[];
  reason: string | null;
  ref: HoldRef | string | null;
}

export type Entry = EntryFacts & { previous: string; seq: number; v: 1; wallet: string };

/** An entry as it is stored: its canonical text and the SHA-256 of that text, in lower-case hexadecimal. */
export interface StoredEntry {
  seq: number;
  body: string;
  hash: string;
}

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** What the first entry of a wallet names as its predecessor. */
export const genesisOf = (wallet: string): string => sha256(`dailies wallet v1\n${wallet}`);

const canonicalRef = (ref: EntryFacts["ref"]) =>
  ref === null || typeof ref === "string" ? ref : { apiKey: ref.apiKey, member: ref.member, project: ref.project, run: ref.run };

/**
 * RFC 8785 text of an entry. With members written in order, and only safe integers and well-formed strings as values, the
 * platform's serialisation is already canonical; a test holds this against a full implementation.
 */
export function canonicalEntry(entry: Entry): string {
  return JSON.stringify({
    at: entry.at,
    expiresAt: entry.expiresAt,
    hold: entry.hold,
    item: entry.item,
    key: entry.key,
    kind: entry.kind,
    lots: entry.lots.map(({ bucket, expiresAt, graceOf, id }) => ({ bucket, expiresAt, graceOf, id })),
    postings: entry.postings.map(({ account, credits, lot }) => ({ account, credits, lot })),
    previous: entry.previous,
    reason: entry.reason,
    ref: canonicalRef(entry.ref),
    seq: entry.seq,
    v: entry.v,
    wallet: entry.wallet,
  });
}
