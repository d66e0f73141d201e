import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Entry, genesisOf, sha256, type StoredEntry } from "#objects/wallet/entry.ts";
import { MemoryWallet } from "#objects/wallet/testing/memory-wallet.ts";
import { steps } from "#objects/wallet/testing/story.ts";
import { canonicalJson } from "#film/canonical.ts";
import type { Json } from "#film/film.ts";
import type { Statement } from "#domains/credits/statement/contract.ts";
import { checkOlder, checkStatement, Wrong } from "../../scripts/verify-statement.mjs";
import { jwks, logOf, rootOver, statementText } from "./statements.ts";

const SCRIPT = fileURLToPath(new URL("../../scripts/verify-statement.mjs", import.meta.url));
const program = fc.array(steps, { minLength: 60, maxLength: 160, size: "max" });
const story = fc.record({ program, signed: fc.double({ min: 0, max: 1, noNaN: true }), size: fc.integer({ min: 1, max: 700 }), index: fc.double({ min: 0, max: 0.999, noNaN: true }) });
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

interface Case {
  text: string;
  statement: Statement;
  other: StoredEntry[];
  accounts: Record<string, number>;
}

/** A statement of a real log, under a root with other wallets. Parsed anew, so that each corruption has its own. */
async function caseOf({ program: own, signed, size, index }: Story): Promise<Case> {
  const { wallet, log, accounts } = await logOf("studio_a", own);
  const { log: other } = await logOf("studio_b", own);
  const seq = Math.max(1, Math.ceil(signed * log.length));
  const leaf = { wallet, seq, head: log[seq - 1]?.hash ?? "" };
  const place = Math.floor(index * size);
  const leaves = Array.from({ length: size }, (_, at) => (at === place ? leaf : { wallet: `studio_${at}`, seq: at + 1, head: sha256(String(at)) }));
  const { proof } = rootOver(leaves, leaf, { at: 1_800_000_000_000, number: 7, previous: sha256("root 6") });
  const text = statementText({ wallet, log, root: proof });
  return { text, statement: JSON.parse(text) as Statement, other, accounts };
}

/** Statements that all tests damage, other ones in each run of the tests. */
const seed = Date.now() & 0xffff_ffff;
const pool = await Promise.all(fc.sample(story, { numRuns: 16, seed }).map((facts) => caseOf({ ...facts, size: Math.max(2, facts.size) })));
const damaged = fc.record({ which: fc.nat({ max: pool.length - 1 }), damage: fc.record({ at: fc.nat(), by: fc.nat({ max: 5_000 }), bit: fc.integer({ min: 0, max: 6 }) }) });
const anew = (which: number): Case => {
  const taken = pool[which] ?? fail();
  return { ...taken, statement: JSON.parse(taken.text) as Statement };
};

/** What the verifier finds: the entry that it names, null where it names none, undefined where it finds nothing. */
function wrongEntry(statement: unknown): number | null | undefined {
  try {
    checkStatement(statement, jwks);
    return undefined;
  } catch (error) {
    if (error instanceof Wrong) return error.seq;
    throw error;
  }
}

const flip = (text: string, at: number, by: number): string => text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << by)) + text.slice(at + 1);
const rehashed = (entry: StoredEntry, change: (body: Entry) => void): StoredEntry => {
  const body = JSON.parse(entry.body) as Entry;
  change(body);
  const text = canonicalJson(body as unknown as Json);
  return { seq: entry.seq, body: text, hash: sha256(text) };
};

interface Damage {
  at: number;
  by: number;
  bit: number;
}
/** What is done to the entry in place `k` (from 0), and the entry that must be named. */
const corruptions: Record<string, (entries: StoredEntry[], k: number, damage: Damage, other: StoredEntry[]) => number> = {
  "a flipped bit in its text": (entries, k, { by, bit }) => {
    const entry = entries[k] ?? fail();
    entries[k] = { ...entry, body: flip(entry.body, by % entry.body.length, bit) };
    return k + 1;
  },
  "a flipped bit in its hash": (entries, k, { by, bit }) => {
    const entry = entries[k] ?? fail();
    entries[k] = { ...entry, hash: flip(entry.hash, by % entry.hash.length, bit) };
    return k + 1;
  },
  "another number on it": (entries, k, { by }) => {
    const entry = entries[k] ?? fail();
    entries[k] = { ...entry, seq: entry.seq + 1 + by };
    return k + 1;
  },
  "it is dropped": (entries, k) => {
    entries.splice(k, 1);
    return k + 1;
  },
  "another is put before it": (entries, k, { by }) => {
    const copied = by % entries.length;
    entries.splice(k, 0, entries[copied] ?? fail());
    // Of two that are the same, the second is the one too many.
    return copied === k ? k + 2 : k + 1;
  },
  "it changes places with a later one": (entries, k, { by }) => {
    const later = k + 1 + (by % Math.max(1, entries.length - k - 1));
    const [one, two] = [entries[k] ?? fail(), entries[later]];
    if (!two) return entries.pop()?.seq ?? 0;
    [entries[k], entries[later]] = [two, one];
    return k + 1;
  },
  "another wallet's stands in its place": (entries, k, _, other) => {
    entries[k] = other[k] ?? fail();
    return k + 1;
  },
  "its reason is changed and its hash made to fit": (entries, k) => {
    entries[k] = rehashed(entries[k] ?? fail(), (body) => { body.reason = `${body.reason ?? ""}!`; });
    return k + 1;
  },
  "its time is changed and its hash made to fit": (entries, k) => {
    entries[k] = rehashed(entries[k] ?? fail(), (body) => { body.at += 1; });
    return k + 1;
  },
  "credits are doubled and its hash made to fit": (entries, k) => {
    entries[k] = rehashed(entries[k] ?? fail(), (body) => {
      for (const posting of body.postings) posting.credits *= 2;
      if (body.postings.length === 0) body.key = "another";
    });
    return k + 1;
  },
};

function fail(): never {
  throw new Error("there is no such entry");
}

test("every log that the wallet's rules write is right, and adds up to the wallet's books", { timeout: 60_000 }, async () => {
  for (const which of pool.keys()) {
    const { statement, accounts } = anew(which);
    expect(checkStatement(statement, jwks).state.accounts, `pool of seed ${seed}`).toEqual(accounts);
  }
  await fc.assert(fc.asyncProperty(story, async (facts) => {
    const { statement, accounts } = await caseOf(facts);
    expect(checkStatement(statement, jwks).state.accounts).toEqual(accounts);
  }), { numRuns: 15 });
});

test.each(Object.entries(corruptions))("%s: the verifier names the entry", { timeout: 60_000 }, (_, corrupt) => {
  fc.assert(fc.property(damaged, ({ which, damage }) => {
    const { statement, other } = anew(which);
    const expected = corrupt(statement.entries, damage.at % statement.entries.length, damage, other);
    expect(wrongEntry(statement), `pool of seed ${seed}`).toBe(expected);
  }), { numRuns: 80 });
});

/** Everything beside the entries that could be bent. */
const bent: Record<string, (statement: Statement, root: NonNullable<Statement["root"]>, damage: Damage) => void> = {
  "a hash of the path": (_, root, { at, by, bit }) => { root.path[at % root.path.length] = flip(root.path[at % root.path.length] ?? "", by % 64, bit); },
  "a hash missing in the path": (_, root, { at }) => void root.path.splice(at % root.path.length, 1),
  "one hash too many in the path": (_, root, { at }) => void root.path.splice(at % (root.path.length + 1), 0, sha256("more")),
  "the leaf's head": (_, root, { by, bit }) => { root.leaf.head = flip(root.leaf.head, by % 64, bit); },
  "the leaf's number": (_, root, { bit }) => { root.leaf.seq += 1 + bit; },
  "the leaf's wallet": (_, root) => { root.leaf.wallet = "studio_b"; },
  "the leaf's place": (_, root) => { root.index = (root.index + 1) % root.size; },
  "the size of the tree": (_, root, { bit }) => { root.size += 1 + bit; },
  "the root's number": (_, root) => { root.number += 1; },
  "the signature": (_, root, { by, bit }) => { root.jws = flip(root.jws, by % root.jws.length, bit); },
  "where it opens": (statement, _, { by, bit }) => { statement.opening.hash = flip(statement.opening.hash, by % 64, bit); },
  "where it ends": (statement, _, { by, bit }) => { statement.end.hash = flip(statement.end.hash, by % 64, bit); },
  "how far it goes": (statement) => { statement.end.seq += 1; },
  "whose it is": (statement) => { statement.wallet = "studio_b"; },
  "the first of its range": (statement) => { statement.range.first += 1; },
  "the last of its range": (statement) => { statement.range.last += 1; },
  "what is not yet signed": (statement) => { statement.unsigned = statement.unsigned ? null : { from: 1, why: "not yet under a signed root" }; },
};

test.each(Object.entries(bent))("%s is bent: the verifier sees it", { timeout: 60_000 }, (_, bend) => {
  fc.assert(fc.property(damaged, ({ which, damage }) => {
    const { statement } = anew(which);
    bend(statement, statement.root ?? fail(), damage);
    expect(wrongEntry(statement), `pool of seed ${seed}`).not.toBe(undefined);
  }), { numRuns: 30 });
});

describe("a log whose chain is right", () => {
  const HOUR = 3_600_000;
  const T = Date.parse("2027-01-01T00:00:00Z");
  /** Two lots, a hold, a capture, a failed release with its grace, and debt. */
  function honest(): Entry[] {
    const wallet = new MemoryWallet("studio_a");
    const ref = { run: "run_a", project: null, member: null, apiKey: null };
    wallet.send([
      { type: "grant", key: "g1", bucket: "purchased", credits: 100, expiresAt: null, reason: "pack", ref: "in_1" },
      { type: "grant", key: "g2", bucket: "subscription", credits: 50, expiresAt: T + 10 * HOUR, reason: "plan", ref: "in_2" },
      { type: "grant", key: "g3", bucket: "boost", credits: 5, expiresAt: null, reason: "gift", ref: "gift" },
    ], T);
    wallet.send([{ type: "hold", key: "h", hold: "h", credits: 60, expiresAt: T + 20 * HOUR, ref }], T + HOUR);
    wallet.send([{ type: "capture", key: "c", hold: "h", item: "job_1", credits: 15, reason: "clip" }], T + 2 * HOUR);
    wallet.send([{ type: "release", key: "r", hold: "h", cause: "failed" }], T + 3 * HOUR);
    wallet.send([{ type: "clawBack", key: "b", credits: 500, reason: "dispute", ref: "dp_1" }], T + 4 * HOUR);
    wallet.send([{ type: "grant", key: "g4", bucket: "promo", credits: 10, expiresAt: null, reason: "gift", ref: "gift" }], T + 5 * HOUR);
    return wallet.log.map(({ body }) => JSON.parse(body) as Entry);
  }
  /** Writes the log anew, every hash and link made to fit. */
  function chained(entries: Entry[]): Statement {
    let previous = genesisOf("studio_a");
    const log = entries.map((entry, place) => {
      const body = canonicalJson({ ...entry, previous, seq: place + 1 } as unknown as Json);
      previous = sha256(body);
      return { seq: place + 1, body, hash: previous };
    });
    return JSON.parse(statementText({ wallet: "studio_a", log, root: null })) as Statement;
  }
  const at = (entries: Entry[], seq: number): Entry => entries[seq - 1] ?? fail();
  const post = (entry: Entry, ...postings: [Entry["postings"][number]["account"], number, number | null][]) => {
    entry.postings = postings.map(([account, credits, lot]) => ({ account, credits, lot }));
  };

  test("and whose rules were kept is right", () => {
    expect(wrongEntry(chained(honest()))).toBe(undefined);
  });

  const broken: [string, number, (entries: Entry[]) => void][] = [
    ["credits come from nowhere", 1, (log) => { post(at(log, 1), ["purchased", 100, 1]); }],
    ["credits come out of what was spent", 1, (log) => { post(at(log, 1), ["spent", -100, 1], ["purchased", 100, 1]); }],
    ["a hold takes what expires later first", 4, (log) => { post(at(log, 4), ["purchased", -60, 1], ["held", 60, 1]); }],
    ["a hold takes credits for boosts", 4, (log) => { post(at(log, 4), ["boost", -5, 3], ["held", 5, 3], ["subscription", -50, 2], ["held", 50, 2], ["purchased", -5, 1], ["held", 5, 1]); }],
    ["a hold takes more than there is", 4, (log) => { post(at(log, 4), ["subscription", -50, 2], ["held", 50, 2], ["purchased", -101, 1], ["held", 101, 1]); }],
    ["more is captured than was held", 5, (log) => { post(at(log, 5), ["held", -51, 2], ["spent", 51, 2]); }],
    ["an item is captured twice", 6, (log) => { log.splice(5, 0, { ...at(log, 5), key: "c2" }); }],
    ["something is captured of a hold that is over", 7, (log) => { log.splice(6, 0, { ...at(log, 5), at: at(log, 6).at, item: "job_2", postings: [] }); }],
    ["a hold is opened twice", 5, (log) => { log.splice(4, 0, { ...at(log, 4), postings: [] }); }],
    ["a release keeps some", 6, (log) => { at(log, 6).postings = at(log, 6).postings.slice(2); }],
    ["what comes back after a failure is lost", 6, (log) => {
      Object.assign(at(log, 6), { lots: [] });
      post(at(log, 6), ["held", -35, 2], ["expired", 35, 2], ["held", -10, 1], ["purchased", 10, 1]);
    }],
    ["what comes back after a failure gets no grace", 6, (log) => {
      Object.assign(at(log, 6), { lots: [] });
      post(at(log, 6), ["held", -35, 2], ["subscription", 35, 2], ["held", -10, 1], ["purchased", 10, 1]);
    }],
    ["the user's cancel makes a grace", 6, (log) => { Object.assign(at(log, 6), { reason: "cancelled" }); }],
    ["a hold ends before its time", 6, (log) => { Object.assign(at(log, 6), { kind: "hold_expired", reason: null, key: null }); }],
    ["credits expire before their time", 4, (log) => { log.splice(3, 0, { ...at(log, 3), at: T + HOUR, kind: "lot_expired", key: null, reason: null, ref: null, lots: [], postings: [{ account: "subscription", credits: -50, lot: 2 }, { account: "expired", credits: 50, lot: 2 }] }); }],
    ["what is owed is not paid first", 8, (log) => { post(at(log, 8), ["granted", -10, 5], ["promo", 10, 5]); }],
    ["a hold is taken while credits are owed", 9, (log) => { log.push({ ...at(log, 4), hold: "h2", key: "h2", at: at(log, 8).at, postings: [] }); }],
    ["credits change their bucket", 6, (log) => { for (const posting of at(log, 6).postings) if (posting.account === "purchased") posting.account = "promo"; }],
    ["a finding moves credits", 9, (log) => { log.push({ ...at(log, 8), kind: "finding", lots: [], postings: [{ account: "granted", credits: -1, lot: 1 }, { account: "purchased", credits: 1, lot: 1 }] }); }],
    ["time goes back", 5, (log) => { at(log, 5).at = T; }],
    ["a lot is left out", 2, (log) => { for (const lot of at(log, 2).lots) lot.id = 7; for (const posting of at(log, 2).postings) posting.lot = 7; }],
    ["more debt is paid than was owed", 8, (log) => { post(at(log, 8), ["granted", -1_000, 5], ["debt", 1_000, null]); }],
  ];

  test.each(broken)("and in which %s is wrong there", (_, seq, breakIt) => {
    const log = honest();
    breakIt(log);
    expect(wrongEntry(chained(log))).toBe(seq);
  });
});

/** The log of a story in which enough was written. */
async function longLog() {
  for (const { program: own } of fc.sample(story, 50)) {
    const long = await logOf("studio_a", own);
    if (long.log.length >= 30) return long;
  }
  throw new Error("no story of fifty writes thirty entries");
}

describe("a statement that begins in the middle", () => {
  async function middle(start: number) {
    const { wallet, log } = await longLog();
    const stated: Record<string, number> = {};
    for (const { body } of log.slice(0, start - 1)) for (const { account, credits } of (JSON.parse(body) as Entry).postings) stated[account] = (stated[account] ?? 0) + credits;
    const leaf = { wallet, seq: log.length, head: log.at(-1)?.hash ?? "" };
    const { proof } = rootOver([leaf], leaf, { at: 1, number: 1, previous: null });
    return { log, text: statementText({ wallet, log, start, stated, root: proof }) };
  }

  test("is right as far as it can be, and ends with the wallet's balances", async () => {
    for (const start of [2, 9, 20]) {
      const { text } = await middle(start);
      const { state } = checkStatement(JSON.parse(text), jwks);
      expect([state.isWhole, Object.values(state.accounts).reduce((sum, credits) => sum + credits, 0)]).toEqual([false, 0]);
    }
  });

  test("with another hash before it is wrong", async () => {
    const { text } = await middle(9);
    const statement = JSON.parse(text) as Statement;
    expect(wrongEntry({ ...statement, opening: { ...statement.opening, hash: sha256("x") } })).toBe(8);
  });
});

describe("an older statement", () => {
  async function pair() {
    const { wallet, log } = await longLog();
    const at = (length: number, number: number) => {
      const leaf = { wallet, seq: length, head: log[length - 1]?.hash ?? "" };
      return statementText({ wallet, log: log.slice(0, length), root: rootOver([leaf], leaf, { at: number, number, previous: number === 1 ? null : sha256("x") }).proof });
    };
    return { log, older: JSON.parse(at(15, 1)) as Statement, newer: JSON.parse(at(30, 2)) as Statement, at };
  }
  const compare = (newer: Statement, older: Statement): number | null | undefined => {
    try {
      checkOlder(newer, older);
      return undefined;
    } catch (error) {
      return error instanceof Wrong ? error.seq : fail();
    }
  };

  test("of the same wallet is the beginning of a newer one, and not the other way", async () => {
    const { older, newer } = await pair();
    expect(compare(newer, older)).toBe(undefined);
    expect(compare(older, newer)).toBe(16 + 14);
    expect(compare({ ...newer, wallet: "studio_b" }, older)).toBe(null);
  });

  test("shows the first entry that was rewritten since, however well the new log fits together", async () => {
    const { log, older, at } = await pair();
    const [facts] = fc.sample(story, 1);
    const { log: another } = await logOf("studio_a", facts?.program ?? []);
    const fork = another.length >= 15 ? another : log;
    const first = fork.findIndex(({ hash }, place) => hash !== log[place]?.hash) + 1;
    const leaf = { wallet: "studio_a", seq: fork.length, head: fork.at(-1)?.hash ?? "" };
    const rewritten = JSON.parse(statementText({ wallet: "studio_a", log: fork, root: rootOver([leaf], leaf, { at: 9, number: 9, previous: sha256("x") }).proof })) as Statement;
    expect(wrongEntry(rewritten)).toBe(undefined);
    if (first > 0 && first <= 15) expect(compare(rewritten, older)).toBe(first);
    expect(compare(JSON.parse(at(10, 2)) as Statement, older)).toBe(15);
  });

  test("that a newer one does not reach back to is not compared in silence", async () => {
    const { log, older } = await pair();
    const leaf = { wallet: "studio_a", seq: log.length, head: log.at(-1)?.hash ?? "" };
    const late = JSON.parse(statementText({ wallet: "studio_a", log, start: 20, stated: {}, root: rootOver([leaf], leaf, { at: 9, number: 9, previous: null }).proof })) as Statement;
    expect(compare(late, older)).toBe(null);
  });
});

describe("the command", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "dailies-statement-"));
  const fileOf = (name: string, text: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], { encoding: "utf8" });
    return { status, text: stdout + stderr };
  };

  test("says RIGHT with the balances, or WRONG with the entry, and ends with 0 or 1", async () => {
    const { text, statement, accounts } = await caseOf(fc.sample(story, 1)[0] ?? fail());
    const right = run(fileOf("right.json", text), "--keys", fileOf("keys.json", JSON.stringify(jwks)));
    expect([right.status, right.text.trimEnd().endsWith("RIGHT")]).toEqual([0, true]);
    expect(right.text).toMatch(new RegExp(`purchased +${accounts["purchased"]}\n`));
    expect(right.text).not.toContain("Compare it with");
    expect(run(fileOf("right.json", text)).text).toContain("Compare it with https://dailies.example/.well-known/dailies-keys.json");
    statement.entries.splice(4, 1);
    expect(run(fileOf("wrong.json", JSON.stringify(statement)))).toEqual({ status: 1, text: "WRONG: entry 5: entry 6 stands in its place\n" });
    expect(run(fileOf("short.json", text.slice(0, -30)))).toMatchObject({ status: 1, text: expect.stringContaining("ends early") });
    const strange = { keys: [{ ...jwks.keys[0], x: Buffer.alloc(32, 7).toString("base64url") }] };
    expect(run(fileOf("right.json", text), "--keys", fileOf("strange.json", JSON.stringify(strange)))).toEqual({ status: 1, text: "WRONG: the root: its signature is wrong\n" });
    expect(run().status).toBe(2);
  });

  test("needs nothing but Node, and nothing of ours", () => {
    const source = readFileSync(SCRIPT, "utf8");
    const imports = [...source.matchAll(/from "([^"]+)"/g)].map(([, from]) => from);
    expect(imports.filter((from) => !from?.startsWith("node:"))).toEqual([]);
    const alone = fileOf("verify.mjs", source);
    expect(execFileSync(process.execPath, ["--check", alone], { encoding: "utf8" })).toBe("");
  });
});
