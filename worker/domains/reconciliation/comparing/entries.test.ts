import { expect, test } from "vitest";
import { addEntry, emptyFold } from "#objects/wallet/audit.ts";
import { copyOf, corrupt, grown, randomFrom, type Copies, type Named } from "../testing/corruption.ts";
import { compareEntries } from "./entries.ts";

const WALLETS = 20;
const ENTRIES = 100;

/** Twenty wallets with two thousand entries, and their copies. */
function books(seed: number) {
  const random = randomFrom(seed);
  const wallets = Array.from({ length: WALLETS }, (_, index) => grown(`studio_${String(index).padStart(3, "0")}`, ENTRIES, random));
  const copies: Copies = new Map(wallets.map(({ books: { wallet }, log }) => [wallet, copyOf(log)]));
  return { wallets, copies, random };
}

test.each([1, 2, 3, 5, 8, 13, 21, 34])("of fifty corruptions at random (%i) each is found and named, and nothing else is", (seed) => {
  const { wallets, copies, random } = books(seed);
  expect(wallets.reduce((sum, { log }) => sum + log.length, 0)).toBeGreaterThan(2_000);
  const expected = corrupt(copies, 50, random);
  const found = wallets.flatMap(({ books: { wallet }, log }) => compareEntries(wallet, log, copies.get(wallet) ?? []).map(({ kind, seq }): Named => `${kind === "twice" ? "extra" : kind} ${wallet} ${seq}`));
  expect(found.toSorted()).toEqual([...expected].toSorted());
});

test("a faithful copy has no fault, and the logs that it was made of prove themselves", () => {
  const { wallets, copies } = books(55);
  for (const { books: { wallet }, log } of wallets) {
    expect(compareEntries(wallet, log, copies.get(wallet) ?? [])).toEqual([]);
    const fold = emptyFold(wallet);
    for (const entry of log) addEntry(fold, wallet, entry);
    expect(fold.fault).toBeNull();
  }
});

test("of a row that stands beside the log it is said whose it is, and of an altered one whether another log goes on from it", () => {
  const { wallets } = books(89);
  const [first, second] = wallets;
  if (!first || !second) throw new Error("there are no wallets");
  const { wallet } = first.books;
  const copy = copyOf(first.log);
  const stranger = copyOf(second.log)[4];
  if (!stranger) throw new Error("there is no entry");
  expect(compareEntries(wallet, first.log, [...copy, { ...stranger, seq: copy.length + 1 }])).toEqual([{ kind: "extra", seq: copy.length + 1, of: { wallet: second.books.wallet, seq: 5 } }]);
  expect(compareEntries(wallet, first.log, copy.flatMap((row) => (row.seq === 3 ? [row, row] : [row])))).toEqual([{ kind: "twice", seq: 3 }]);
  const fork = grown(wallet, ENTRIES, randomFrom(7));
  const rivals = compareEntries(wallet, first.log, copyOf(fork.log).slice(0, first.log.length));
  expect(rivals.length).toBeGreaterThan(5);
  expect(rivals.every((fault) => fault.kind === "altered" && fault.isRival)).toBe(true);
});
