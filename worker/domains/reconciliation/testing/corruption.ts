/** Wallets built by their own rules, copies of their logs, and copies that are corrupted at random in named places. */
import { MemoryWallet } from "#objects/wallet/testing/memory-wallet.ts";
import type { Command } from "#objects/wallet/commands.ts";
import { sha256, type StoredEntry } from "#objects/wallet/entry.ts";
import { toEntryRow } from "#objects/wallet/projection.ts";
import type { CopiedEntry } from "../comparing/entries.ts";

/** A small generator of numbers, the same for the same seed. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const ref = (run: number) => ({ run: `run_${run}`, project: `proj_${run % 7}`, member: `user_${run % 5}`, apiKey: null });

/** A wallet with at least so many entries: grants, holds, captures in parts, releases of every kind, a claw-back now and then. */
export function grown(name: string, entries: number, random: (below: number) => number): MemoryWallet {
  const wallet = new MemoryWallet(name);
  let [now, number] = [1_700_000_000_000, 0];
  const send = (commands: Command[]) => wallet.send(commands, (now += 1_000));
  while (wallet.log.length < entries) {
    const id = (number += 1);
    if (wallet.balance().available < 500) send([{ type: "grant", key: `g${id}`, bucket: random(2) === 0 ? "purchased" : "promo", credits: 5_000, expiresAt: random(3) === 0 ? now + 90 * 86_400_000 : null, reason: "credit pack", ref: `checkout:cs_${id}` }]);
    const hold = `hold_${id}`;
    const credits = 10 + random(90);
    send([{ type: "hold", key: `hold:${hold}`, hold, credits, expiresAt: now + 86_400_000, ref: ref(id) }]);
    const parts = 1 + random(3);
    for (let part = 0; part < parts; part += 1) send([{ type: "capture", key: `capture:job_${id}_${part}`, hold, item: `job_${id}_${part}`, credits: Math.floor(credits / 4), reason: `“Clip of shot ${part}”` }]);
    send([{ type: "release", key: `release:${hold}`, hold, cause: (["settled", "failed", "cancelled"] as const)[random(3)] ?? "settled" }]);
    if (random(50) === 0) send([{ type: "clawBack", key: `refund:re_${id}`, credits: 5, reason: "refund", ref: `checkout:cs_${id}` }]);
  }
  return wallet;
}

export type Copies = Map<string, CopiedEntry[]>;

/** A faithful copy, as the projection writes it. */
export const copyOf = (log: readonly StoredEntry[]): CopiedEntry[] => log.map(toEntryRow);

export const kinds = ["lost", "doubled", "altered", "moved"] as const;

/** What comparing must say of a corrupted copy: `missing`, `altered` or `extra`, of which wallet, at which number. */
export type Named = `${"missing" | "altered" | "extra"} ${string} ${number}`;

/** Corrupts copies in so many places, each another entry, and says what must be found. Wallets have more than two entries. */
export function corrupt(copies: Copies, count: number, random: (below: number) => number): Set<Named> {
  const names = [...copies.keys()];
  const lengths = new Map([...copies].map(([name, rows]) => [name, rows.length]));
  const touched = new Set<string>();
  const expected = new Set<Named>();
  const pick = (): { wallet: string; seq: number } => {
    for (;;) {
      const wallet = names[random(names.length)] ?? "";
      const seq = 1 + random(lengths.get(wallet) ?? 1);
      if (touched.has(`${wallet} ${seq}`)) continue;
      touched.add(`${wallet} ${seq}`);
      return { wallet, seq };
    }
  };
  for (let number = 0; number < count; number += 1) {
    const { wallet, seq } = pick();
    const rows = copies.get(wallet) ?? [];
    const at = rows.findIndex((row) => row.seq === seq);
    const row = rows[at];
    if (!row) throw new Error(`${wallet} has no entry ${seq}`);
    const kind = kinds[random(kinds.length)];
    if (kind === "altered") {
      rows[at] = altered(row, random(3));
      expected.add(`altered ${wallet} ${seq}`);
      continue;
    }
    if (kind !== "doubled") {
      rows.splice(at, 1);
      expected.add(`missing ${wallet} ${seq}`);
    }
    if (kind === "lost") continue;
    const home = kind === "doubled" ? wallet : (names[(names.indexOf(wallet) + 1 + random(names.length - 1)) % names.length] ?? wallet);
    const there = copies.get(home) ?? [];
    const free = Math.max(lengths.get(home) ?? 0, there.at(-1)?.seq ?? 0) + 1;
    there.push({ ...row, seq: free });
    expected.add(`extra ${home} ${free}`);
  }
  return expected;
}

/** The text with its old hash, the text with a new hash that is right, or only a figure beside it. */
function altered(row: CopiedEntry, how: number): CopiedEntry {
  if (how === 2) return { ...row, spent: row.spent + 1 };
  const body = row.body.replace(/"at":(\d+)/, (_, at: string) => `"at":${Number(at) + 1}`);
  return { ...row, body, hash: how === 0 ? row.hash : sha256(body) };
}
