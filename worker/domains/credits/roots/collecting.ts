/**
 * How a root comes to be: every wallet is asked for its leaf, some each minute, and what was said is stored before the next are asked; when
 * all were asked, the tree over the leaves is signed. Killed anywhere, it goes on from what is stored; done by two at once, one of them wins.
 */
import { batch } from "#core/db.ts";
import type { Ctx } from "#core/context.ts";
import { hex, sha256 } from "#core/encoding.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { canonicalJson } from "#film/canonical.ts";
import type { Leaf, LeafOutcome } from "#objects/wallet/leaf.ts";
import { walletOf } from "../service.ts";
import { rootSigned } from "./contract.ts";
import { signText } from "./keys.ts";
import * as store from "./store.ts";
import type { RootRow } from "./tables.ts";
import { GROUP_LEAVES, leafHash, rootOf } from "./tree.ts";

const ASKED_AT_ONCE = 50;
/** Most that one minute does: well within what a worker may call and compute. */
const STEPS_MAX = 40;
const MINUTE_MS_MAX = 25_000;
const ANSWER_MS_MAX = 10_000;
const TRIES = 2;
/** A night that did not happen is made up for. */
const LATE_MS = 25 * 3_600_000;
/** Leaves that are read at once; whole groups of them. */
const READ_LEAVES = 8 * GROUP_LEAVES;
const FORGOTTEN_LEAVES = 5_000;

const nightOf = (at: number): string => `night ${new Date(at).toISOString().slice(0, 10)}`;

/** One root for each night. */
export async function beginNightlyRoot(ctx: Ctx): Promise<void> {
  await store.beginRoot(ctx, nightOf(ctx.now()));
  await continueRoot(ctx);
}

/** Goes on with the root that is being collected. Every minute. */
export async function continueRoot(ctx: Ctx): Promise<void> {
  const newest = await store.newestRoot(ctx);
  if (!newest || newest.begunAt < ctx.now() - LATE_MS) await store.beginRoot(ctx, nightOf(ctx.now()));
  const until = ctx.now() + MINUTE_MS_MAX;
  for (let steps = 0; steps < STEPS_MAX && ctx.now() < until; steps += 1) {
    const root = await store.collectingRoot(ctx);
    if (!root) break;
    await step(ctx, root);
  }
  if (newest?.state === "signed") await store.forgetLeaves(ctx, newest.number - 1, FORGOTTEN_LEAVES);
}

/** Asks the next wallets, or signs where there are none left. Whoever comes second changes nothing. */
async function step(ctx: Ctx, root: RootRow): Promise<void> {
  const asked = await store.walletsAfter(ctx, root, ASKED_AT_ONCE);
  const last = asked.at(-1);
  try {
    if (!last) return await sign(ctx, root);
    const leaves = await Promise.all(asked.map((each) => leafFor(ctx, root.number, each)));
    await batch(ctx.db, store.keepLeaves(ctx, root, leaves.filter((leaf) => leaf !== null), last.wallet));
  } catch (error) {
    if (!(error instanceof AppError && error.code === "resource.changed")) throw error;
  }
}

/** A wallet's leaf. One that gives none keeps the leaf that it had, so that a root never goes backwards and one wallet does not stop the night. */
async function leafFor(ctx: Ctx, root: number, { wallet, before }: store.Asked): Promise<Leaf | null> {
  const outcome = await answerOf(ctx, root, { wallet, before });
  if (outcome.ok && isOnward(outcome.leaf, wallet, before)) return outcome.leaf;
  await store.noteFinding(ctx, root, wallet, findingOf(outcome, root));
  return before && { wallet, ...before };
}

type Answer = LeafOutcome | { ok: false; code: "silent" };

async function answerOf(ctx: Ctx, root: number, { wallet, before }: store.Asked): Promise<Answer> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => { timer = setTimeout(() => reject(new Error("too slow")), ANSWER_MS_MAX); });
    try {
      return await Promise.race([walletOf(ctx, wallet).leaf({ root, atLeast: before }), late]);
    } catch { /* asked again, and in the end it is a finding */ } finally {
      clearTimeout(timer);
    }
  }
  return { ok: false, code: "silent" };
}

/** Wallets compare by themselves; that one which does not is not believed. */
function isOnward(leaf: Leaf | null, wallet: string, before: store.Asked["before"]): boolean {
  if (!leaf) return before === null;
  if (leaf.wallet !== wallet || (before && leaf.seq < before.seq)) return false;
  return before?.seq !== leaf.seq || before.head === leaf.head;
}

function findingOf(outcome: Answer, root: number): { severity: "warning" | "critical"; code: string; detail: string } {
  if (outcome.ok) return { severity: "critical", code: "went_back", detail: `The wallet gave root ${root} less than the root before has of it. The root keeps what it had.` };
  switch (outcome.code) {
    case "silent":
      return { severity: "warning", code: "silent", detail: `The wallet did not answer root ${root}. The root keeps what it had.` };
    case "frozen":
      return { severity: "critical", code: "frozen", detail: `The wallet is frozen and gave root ${root} no leaf: ${outcome.detail}. The root keeps what it had.` };
    case "superseded":
      return { severity: "critical", code: "superseded", detail: `The wallet gave a leaf to root ${outcome.root} before root ${root} asked: the list of roots was set back. The root keeps what it had.` };
  }
}

async function sign(ctx: Ctx, root: RootRow): Promise<void> {
  const { number, wallets } = root;
  const groups: Uint8Array[] = [];
  for (let from = 0; from < wallets; from += READ_LEAVES) {
    const leaves = await store.leavesBetween(ctx, number, from, from + READ_LEAVES);
    if (leaves.length !== Math.min(READ_LEAVES, wallets - from)) throw new Error(`root ${number} lacks leaves from ${from} on`);
    for (let at = 0; at < leaves.length; at += GROUP_LEAVES) groups.push(rootOf(leaves.slice(at, at + GROUP_LEAVES).map(leafHash)));
  }
  const previous = number === 1 ? null : await store.signedRoot(ctx, number - 1);
  if (previous === undefined) throw new Error(`there is no root before ${number}`);
  const at = Math.max(ctx.now(), previous?.signedAt ?? 0);
  const tree = hex(rootOf(groups));
  const record = canonicalJson({ at, number, previous: previous?.hash ?? null, root: tree, v: 1, wallets });
  const hash = await sha256(record);
  const signature = { record, hash, jws: await signText(ctx, record, "dailies-root+jws"), root: tree, signedAt: at };
  await commit(ctx, rootSigned(null, String(number), { number, hash, wallets }), store.keepSignature(ctx, root, groups.map(hex), signature));
}
