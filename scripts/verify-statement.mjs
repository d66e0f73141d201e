// Checks a statement of a wallet: every entry, every sum, and the signed root above them. Written from docs/design/ledger-proof.md alone, with
// nothing but what Node has, so that it can be taken away, read and trusted by itself.
// Usage: verify-statement.mjs FILE [--keys FILE_OR_URL] [--previous OLDER_STATEMENT]
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const BUCKETS = ["subscription", "purchased", "promo", "earned", "boost"];
const ACCOUNTS = [...BUCKETS, "held", "spent", "granted", "expired", "reclaimed", "debt"];
const NEGATIVE = new Set(["granted", "debt"]);
const GRACE_MS = 72 * 3_600_000;
const MEMBERS = ["at", "expiresAt", "hold", "item", "key", "kind", "lots", "postings", "previous", "reason", "ref", "seq", "v", "wallet"];

/** Which way credits may go in each kind of entry: accounts that give, and accounts that take. */
const WAYS = {
  grant: [["granted"], ["debt", "expired", ...BUCKETS]],
  hold: [BUCKETS.filter((bucket) => bucket !== "boost"), ["held"]],
  capture: [["held"], ["spent"]],
  release: [["held"], ["debt", "expired", ...BUCKETS]],
  hold_expired: [["held"], ["debt", "expired", ...BUCKETS]],
  lot_expired: [BUCKETS, ["expired"]],
  claw_back: [[...BUCKETS, "debt"], ["reclaimed"]],
  finding: [[], []],
};

/** What is wrong, and with which entry: `seq` is null where it is no single entry. */
export class Wrong extends Error {
  constructor(seq, fault) {
    super(seq === null ? fault : `entry ${seq}: ${fault}`);
    this.seq = seq;
  }
}

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const hashOf = (text) => sha256(text).toString("hex");
const isInteger = Number.isSafeInteger;
const isText = (value) => typeof value === "string" && value.isWellFormed();
const isTextOrNull = (value) => value === null || isText(value);
const isHash = (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
const byCodeUnits = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** RFC 8785 for what entries and records hold: texts, integers, null, lists and objects. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort(byCodeUnits).map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const hasMembers = (value, names) => value !== null && typeof value === "object" && Object.keys(value).length === names.length && names.every((name) => name in value);

/** What a log adds up to so far. `isWhole`: from entry 1 on, so that lots and holds are known. */
function newState(wallet, { seq, hash, stated }) {
  const accounts = Object.fromEntries(ACCOUNTS.map((account) => [account, stated?.[account] ?? 0]));
  return { wallet, seq, head: hash, at: 0, accounts, lots: new Map(), lotMax: null, holds: new Map(), captured: new Set(), isWhole: seq === 0 };
}

/** Takes an entry in, or throws what is wrong with it. */
function take(state, entry, next, signedHead) {
  const seq = state.seq + 1;
  const expect = (isRight, fault) => {
    if (!isRight) throw new Wrong(seq, fault);
  };
  expect(entry !== null && typeof entry === "object" && entry.seq === seq, `entry ${entry?.seq} stands in its place`);
  expect(isText(entry.body) && hashOf(entry.body) === entry.hash, "its text does not have its hash");
  const body = parse(entry.body);
  expect(body !== undefined && canonical(body) === entry.body, "its text is not canonical JSON");
  expect(hasMembers(body, MEMBERS) && body.v === 1, "its text is no entry of version 1");
  expect(body.wallet === state.wallet && body.seq === seq, "its text names another place");
  if (body.previous !== state.head) {
    // The chain breaks between two entries. What is followed, or signed, is the one that was there.
    const isAnchored = next ? parse(next.body)?.previous === entry.hash : signedHead === entry.hash;
    throw isAnchored && seq > 1 ? new Wrong(seq - 1, `it is not the entry that entry ${seq} follows`) : new Wrong(seq, "it does not follow the entry before it");
  }
  const fault = faultOfMembers(body) ?? faultOfPostings(state, body) ?? faultOfKind(state, body) ?? post(state, body);
  expect(fault === null, fault);
  Object.assign(state, { seq, head: entry.hash, at: body.at });
}

function faultOfMembers({ at, expiresAt, hold, item, key, kind, lots, postings, reason, ref }) {
  if (!(kind in WAYS)) return "its kind is unknown";
  if (!isInteger(at) || (expiresAt !== null && !isInteger(expiresAt))) return "its times are no integers";
  if (![hold, item, key, reason].every(isTextOrNull)) return "its texts are none";
  const isRef = kind === "hold" ? hasMembers(ref, ["apiKey", "member", "project", "run"]) && Object.values(ref).every(isTextOrNull) : isTextOrNull(ref);
  if (!isRef) return "it is for nothing that there can be";
  const isLot = (lot) => hasMembers(lot, ["bucket", "expiresAt", "graceOf", "id"]) && BUCKETS.includes(lot.bucket) && [lot.expiresAt, lot.graceOf].every((value) => value === null || isInteger(value)) && isInteger(lot.id);
  if (!Array.isArray(lots) || !lots.every(isLot)) return "its lots are none";
  const isPosting = (posting) => hasMembers(posting, ["account", "credits", "lot"]) && ACCOUNTS.includes(posting.account) && isInteger(posting.credits) && posting.credits !== 0 && (posting.lot === null || isInteger(posting.lot));
  return Array.isArray(postings) && postings.every(isPosting) ? null : "its postings are none";
}

function faultOfPostings(state, { at, kind, lots, postings, hold }) {
  if (at < state.at) return "it is older than the entry before it";
  if (postings.reduce((sum, { credits }) => sum + credits, 0) !== 0) return "its postings do not add up to 0";
  const [givers, takers] = WAYS[kind];
  for (const { account, credits, lot } of postings) {
    if (!(credits < 0 ? givers : takers).includes(account)) return `a ${kind} moves no credits ${credits < 0 ? "out of" : "into"} ${account}`;
    if ((BUCKETS.includes(account) || account === "held") && lot === null) return "credits of no lot move";
  }
  if (postings.some(({ account }) => account === "held") && hold === null) return "it moves held credits of no hold";
  for (const { id } of lots) {
    if (state.lotMax !== null || state.isWhole ? id !== (state.lotMax ?? 0) + 1 : false) return `it opens lot ${id}, expected was ${(state.lotMax ?? 0) + 1}`;
    state.lotMax = id;
  }
  return null;
}

/** What a kind of entry must say beyond its postings. Lots and holds that began before the file are not known, and not judged. */
function faultOfKind(state, { at, expiresAt, hold, item, kind, lots, postings, reason }) {
  if (!["grant", "release", "hold_expired"].includes(kind) && lots.length > 0) return `a ${kind} opens no lot`;
  const isOpen = state.holds.get(hold)?.isOpen;
  switch (kind) {
    case "hold":
      if (hold === null || !isInteger(expiresAt)) return "it names no hold or no end of it";
      if (state.holds.has(hold)) return `hold ${hold} was opened before`;
      if (state.accounts.debt < 0) return "it holds credits while some are owed";
      return state.isWhole ? faultOfOrder(state, postings) : null;
    case "capture":
      if (hold === null || item === null) return "it names no hold or no item";
      if (state.isWhole && !isOpen) return `hold ${hold} is not open`;
      return state.captured.has(JSON.stringify([hold, item])) ? `item ${item} was captured before` : null;
    case "release":
    case "hold_expired":
      if (kind === "release" && !["settled", "failed", "cancelled", "compensated"].includes(reason)) return "it has no cause";
      if (state.isWhole && !isOpen) return `hold ${hold} is not open`;
      if (kind === "hold_expired" && state.holds.has(hold) && state.holds.get(hold).expiresAt > at) return `hold ${hold} had not expired`;
      return faultOfReturn(state, { at, kind, lots, postings, reason });
    case "lot_expired":
      return postings.some(({ lot }) => state.lots.has(lot) && (state.lots.get(lot).expiresAt ?? Infinity) > at) ? "the lot had not expired" : null;
    default:
      return null;
  }
}

/** A hold takes the soonest expiry first, older lots first among equals, and all of a lot before the next. */
function faultOfOrder(state, postings) {
  let need = postings.reduce((sum, { account, credits }) => sum + (account === "held" ? credits : 0), 0);
  const lots = [...state.lots.values()].filter(({ bucket, available }) => bucket !== "boost" && available > 0);
  lots.sort((a, b) => (a.expiresAt === b.expiresAt ? a.id - b.id : (a.expiresAt ?? Infinity) - (b.expiresAt ?? Infinity)));
  const taken = new Map(postings.filter(({ credits }) => credits < 0).map(({ lot, credits }) => [lot, -credits]));
  for (const { id, available } of lots) {
    const expected = Math.min(need, available);
    if ((taken.get(id) ?? 0) !== expected) return `it takes ${taken.get(id) ?? 0} credits of lot ${id}, expected were ${expected}`;
    need -= expected;
  }
  return need === 0 ? null : "it holds more than there was";
}

/** What comes back after our failure, and would soon expire, lives on for a grace; nothing else does, and no grace follows a grace. */
function faultOfReturn(state, { at, kind, lots, postings, reason }) {
  const isOurs = kind === "hold_expired" || reason === "failed" || reason === "compensated";
  for (const { graceOf, expiresAt, bucket } of lots) {
    const lot = state.lots.get(graceOf);
    if (!isOurs || graceOf === null || expiresAt !== at + GRACE_MS) return "it opens a lot that is no grace";
    if (lot && (lot.graceOf !== null || lot.bucket !== bucket || lot.expiresAt === null || lot.expiresAt >= at + GRACE_MS)) return `lot ${graceOf} gets no grace`;
  }
  const isDue = ({ account, credits, lot: id }) => {
    const lot = account !== "held" && credits > 0 ? state.lots.get(id) : undefined;
    return lot && lot.graceOf === null && lot.expiresAt !== null && lot.expiresAt < at + GRACE_MS;
  };
  const due = isOurs ? postings.find(isDue) : undefined;
  if (due) return `credits of lot ${due.lot} get no grace`;
  const lost = postings.find(({ account, lot }) => account === "expired" && state.lots.has(lot) && (state.lots.get(lot).expiresAt ?? Infinity) > at);
  return lost ? `credits of lot ${lost.lot} had not expired` : null;
}

/** Moves the credits. */
function post(state, { at: _at, expiresAt, hold, item, kind, lots, postings }) {
  for (const lot of lots) state.lots.set(lot.id, { ...lot, available: 0, held: 0 });
  if (kind === "hold") state.holds.set(hold, { left: 0, expiresAt, isOpen: true });
  for (const { account, credits, lot: id } of postings) {
    state.accounts[account] += credits;
    const own = state.holds.get(hold);
    if (account === "held" && own) own.left += credits;
    const lot = state.lots.get(id);
    if (!lot && id !== null && state.isWhole) return `lot ${id} was never opened`;
    if (!lot || !(BUCKETS.includes(account) || account === "held")) continue;
    if (account !== "held" && account !== lot.bucket) return `lot ${id} is ${lot.bucket}, not ${account}`;
    lot[account === "held" ? "held" : "available"] += credits;
  }
  for (const { lot: id } of postings) {
    const lot = state.lots.get(id);
    if (lot && Math.min(lot.available, lot.held) < 0) return `lot ${id} goes below 0`;
  }
  const own = state.holds.get(hold);
  if (own && own.left < 0) return `hold ${hold} goes below 0`;
  if (kind === "capture") state.captured.add(JSON.stringify([hold, item]));
  if (own && (kind === "release" || kind === "hold_expired")) {
    if (own.left !== 0) return `hold ${hold} ends with ${own.left} credits in it`;
    own.isOpen = false;
  }
  if (state.accounts.debt < 0 && postings.some(({ account, credits }) => BUCKETS.includes(account) && credits > 0)) return "credits came in, and what is owed was not paid first";
  const off = ACCOUNTS.find((account) => (NEGATIVE.has(account) ? state.accounts[account] > 0 : state.accounts[account] < 0));
  return off ? `${off} is ${state.accounts[off]} after it` : null;
}

/** The hash of the root that a leaf's path leads to: RFC 9162, 2.1.3.2. */
function rootFrom({ leaf, index, size, path }) {
  let [at, last] = [index, size - 1];
  let hash = sha256(Uint8Array.of(0), canonical({ head: leaf.head, seq: leaf.seq, wallet: leaf.wallet }));
  for (const text of path) {
    const sibling = Buffer.from(text, "hex");
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      hash = sha256(Uint8Array.of(1), sibling, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    } else {
      hash = sha256(Uint8Array.of(1), hash, sibling);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hash.toString("hex") : null;
}

/** Checks the signature of a root, and that the wallet's leaf is under it. Answers the record. */
function checkRoot(root, wallet, keys) {
  const expect = (isRight, fault) => {
    if (!isRight) throw new Wrong(null, `the root: ${fault}`);
  };
  const { leaf, index, size, path, number, jws } = root;
  expect(hasMembers(leaf, ["wallet", "seq", "head"]) && leaf.wallet === wallet && isInteger(leaf.seq) && leaf.seq > 0 && isHash(leaf.head), "its leaf is not of this wallet");
  expect(isInteger(size) && isInteger(index) && index >= 0 && index < size && Array.isArray(path) && path.every(isHash), "its proof has not the form of one");
  const [header64, payload64, signature64, ...more] = String(jws).split(".");
  const text = (part) => Buffer.from(part ?? "", "base64url").toString("utf8");
  const header = parse(text(header64));
  expect(more.length === 0 && header?.alg === "EdDSA" && header?.typ === "dailies-root+jws", "its signature has not the form of one");
  const key = Array.isArray(keys?.keys) ? keys.keys.find(({ kid, kty, crv }) => kid === header.kid && kty === "OKP" && crv === "Ed25519") : undefined;
  expect(key, `there is no key called ${header.kid}`);
  const publicKey = createPublicKey({ key: { kty: key.kty, crv: key.crv, x: key.x }, format: "jwk" });
  const signature = Buffer.from(signature64 ?? "", "base64url");
  expect(signature.toString("base64url") === signature64 && verify(null, Buffer.from(`${header64}.${payload64}`), publicKey, signature), "its signature is wrong");
  const record = parse(text(payload64));
  expect(hasMembers(record, ["at", "number", "previous", "root", "v", "wallets"]) && record.v === 1 && canonical(record) === text(payload64), "its record is none of version 1");
  expect(record.number === number && record.wallets === size, "its record is of another root");
  expect(rootFrom(root) === record.root, "the path does not lead to it");
  return { ...record, kid: header.kid };
}

/** Checks one statement by itself. Answers what it adds up to; throws the first thing that is wrong. */
export function checkStatement(statement, keys = statement?.keys?.jwks) {
  const isForm = statement?.object === "statement" && statement.v === 1 && isText(statement.wallet) && Array.isArray(statement.entries) && hasMembers(statement.end, ["seq", "hash"]);
  if (!isForm || !isInteger(statement.opening?.seq) || !isHash(statement.opening.hash)) throw new Wrong(null, "this is no statement of version 1, or it ends early");
  const { wallet, opening, entries, root, range, end } = statement;
  if (opening.seq === 0 && (opening.hash !== hashOf(`dailies wallet v1\n${wallet}`) || opening.stated !== null)) throw new Wrong(null, "it does not begin where this wallet began");
  const state = newState(wallet, opening);
  const signed = root ? checkRoot(root, wallet, keys) : null;
  const leaf = root?.leaf ?? { seq: 0, head: null };
  if (leaf.seq === opening.seq && root && leaf.head !== opening.hash) throw new Wrong(opening.seq, "it is not the entry that was signed");
  const ats = [];
  for (const [place, entry] of entries.entries()) {
    take(state, entry, entries[place + 1], leaf.seq === state.seq + 1 ? leaf.head : end.seq === state.seq + 1 ? end.hash : null);
    if (state.seq === leaf.seq && state.head !== leaf.head) throw new Wrong(state.seq, "it is not the entry that was signed");
    ats.push(state.at);
  }
  if (end.seq > state.seq) throw new Wrong(state.seq + 1, "it is missing");
  if (end.seq < state.seq) throw new Wrong(end.seq + 1, "it stands beyond the end");
  if (end.hash !== state.head) throw new Wrong(state.seq, "the statement says that it ends otherwise");
  if (root && (leaf.seq > state.seq || leaf.seq < opening.seq)) throw new Wrong(leaf.seq, "it was signed, and is not here");
  checkRange(statement, ats);
  checkUnsigned(statement, leaf.seq, state.seq);
  return { state, signed, leaf, range };
}

/** That the range is what lies between its moments, as far as this file has entries. */
function checkRange({ from, to, range, opening, entries }, ats) {
  if (!isInteger(range?.first) || !isInteger(range?.last)) throw new Wrong(null, "its range has not the form of one");
  const [start, until] = [from === null ? -Infinity : Date.parse(from), to === null ? Infinity : Date.parse(to)];
  entries.forEach(({ seq }, place) => {
    const isWithin = ats[place] >= start && ats[place] < until;
    if (isWithin !== (seq >= range.first && seq <= range.last)) throw new Wrong(seq, isWithin ? "it lies in the time that was asked for, and not in the range" : "it does not lie in the time that was asked for");
  });
  if (range.last >= range.first && (range.first <= opening.seq || range.last > opening.seq + entries.length)) throw new Wrong(null, "its range reaches beyond its entries");
}

function checkUnsigned({ unsigned, opening }, signedTo, last) {
  const expected = last > signedTo ? Math.max(signedTo, opening.seq) + 1 : null;
  if ((unsigned?.from ?? null) !== expected) throw new Wrong(null, "it is wrong about which entries no root covers yet");
}

/** That an older statement of the same wallet is the beginning of this one. */
export function checkOlder(statement, older) {
  if (older.wallet !== statement.wallet) throw new Wrong(null, `the older statement is of ${older.wallet}`);
  const newer = new Map(statement.entries.map((entry) => [entry.seq, entry]));
  for (const { seq, hash, body } of older.entries) {
    const now = newer.get(seq);
    if (now && (now.hash !== hash || now.body !== body)) throw new Wrong(seq, "the older statement has another");
  }
  const now = older.end.seq === statement.opening.seq ? statement.opening.hash : newer.get(older.end.seq)?.hash;
  if (now === undefined && older.end.seq < statement.opening.seq) throw new Wrong(null, `it begins after entry ${statement.opening.seq}, and the older statement ends with entry ${older.end.seq}: get one that reaches back to it`);
  if (now !== older.end.hash && older.end.seq > 0) throw new Wrong(older.end.seq, now === undefined ? "it was in the older statement, and is gone" : "the older statement has another");
  if (older.root && (!statement.root || statement.root.number < older.root.number || statement.root.leaf.seq < older.root.leaf.seq)) throw new Wrong(null, "the older statement has a newer root, or more under it");
}

async function read(from) {
  const text = /^https?:/.test(from) ? await (await fetch(from)).text() : readFileSync(from, "utf8");
  const value = parse(text);
  if (value === undefined) throw new Wrong(null, `${from} is no JSON, or ends early`);
  return value;
}

const day = (at) => new Date(at).toISOString();

function report(statement, { state, signed, leaf, range }, keysFrom) {
  const { opening, unsigned, keys, rootless } = statement;
  const lines = [
    `Statement of ${statement.wallet}: entries ${opening.seq + 1} to ${state.seq}, of which ${Math.max(0, range.last - range.first + 1)} were asked for (${range.first} to ${range.last}).`,
    opening.seq === 0 ? "Every entry follows from the one before, from the first on, and every sum is right." : `Every entry follows from the one before, from entry ${opening.seq + 1} on. What was there before is stated, and not proven by this file.`,
    signed ? `Root ${signed.number} of ${day(signed.at)} covers entries to ${leaf.seq}. It is signed with the key ${signed.kid}${keysFrom ? `, from ${keysFrom}` : ""}.` : `No root: ${rootless}.`,
    ...(signed && !keysFrom ? [`The key is the one in the file. Compare it with ${keys.at}, or give --keys ${keys.at}.`] : []),
    ...(unsigned ? [`Entries from ${unsigned.from} on are ${unsigned.why}.`] : []),
    "", `Balances after entry ${state.seq}`, ...ACCOUNTS.map((account) => `  ${account.padEnd(14)}${String(state.accounts[account]).padStart(16)}`),
  ];
  return lines.join("\n");
}

async function main() {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { keys: { type: "string" }, previous: { type: "string" } } });
  const [file] = positionals;
  if (!file || positionals.length > 1) {
    console.error("Usage: npm run verify-statement -- FILE [--keys FILE_OR_URL] [--previous OLDER_STATEMENT]");
    return 2;
  }
  try {
    const statement = await read(file);
    const keys = values.keys ? await read(values.keys) : undefined;
    const found = checkStatement(statement, keys);
    if (values.previous) {
      const older = await read(values.previous);
      checkStatement(older, keys);
      checkOlder(statement, older);
    }
    console.log(report(statement, found, values.keys));
    if (values.previous) console.log(`\nThe statement in ${values.previous} is the beginning of this one.`);
    console.log("\nRIGHT");
    return 0;
  } catch (error) {
    console.error(`WRONG: ${error.message}`);
    return 1;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = await main();
