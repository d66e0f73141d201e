import type { z } from "zod";
import type { Ctx, StudioCtx } from "#core/context.ts";
import { hex } from "#core/encoding.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { decodeCursor, toPage, type PageQuery } from "#core/page.ts";
import type { Leaf } from "#objects/wallet/leaf.ts";
import { continueRoot } from "./collecting.ts";
import { rootRequested, type BegunRoot, type Root, type SignedRoot, type WalletRoot } from "./contract.ts";
import * as store from "./store.ts";
import { fromHex, GROUP_LEAVES, leafHash, pathTo } from "./tree.ts";

const toRoot = ({ number, record, signedAt, wallets, root, hash }: store.SignedRow): Root => ({
  object: "root", number, at: new Date(signedAt).toISOString(), wallets, root, hash, previous: (JSON.parse(record) as { previous: string | null }).previous,
});

/** Signed roots, the newest first. They name no wallet. */
export async function listRoots(ctx: Ctx, { limit, cursor }: PageQuery) {
  const before = cursor === undefined ? null : Number(decodeCursor(cursor, 1)[0]);
  return toPage(await store.listRoots(ctx, before, limit + 1), limit, toRoot, ({ number }) => [number]);
}

/** A root with what was signed. Numbers that are none are answered like those that are not there yet. */
export async function getRoot(ctx: Ctx, number: string): Promise<SignedRoot> {
  const row = /^[1-9]\d{0,14}$/.test(number) ? await store.signedRoot(ctx, Number(number)) : undefined;
  if (!row) throw new AppError("root.not_found", "There is no such root. List them at /api/v1/ledger/roots.");
  return { ...toRoot(row), record: row.record, jws: row.jws };
}

/** How far the newest root covers the studio's log. */
export async function getWalletRoot(ctx: StudioCtx): Promise<WalletRoot> {
  const root = await store.newestSignedRoot(ctx);
  const leaf = root && (await store.leafOf(ctx, root.number, ctx.studio));
  if (!root || !leaf) throw new AppError("root.not_found", "No signed root has this wallet yet. One is signed every night.");
  return { object: "wallet_root", number: root.number, at: new Date(root.signedAt).toISOString(), seq: leaf.seq };
}

/** Begins a root now, beside those of the nights. While one is being collected, that one is answered. */
export async function requestRoot(ctx: Ctx): Promise<z.infer<typeof BegunRoot>> {
  const occasion = `request ${ctx.requestId}`;
  await store.beginRoot(ctx, occasion);
  const begun = await store.newestRoot(ctx);
  if (!begun) throw new Error("no root was begun");
  if (begun.occasion === occasion) await commit(ctx, rootRequested(null, String(begun.number), { number: begun.number }), []);
  ctx.later(continueRoot(ctx));
  return { object: "root", number: begun.number, state: begun.state, wallets: begun.wallets };
}

/** That a wallet's head is in a signed root. */
export interface Inclusion {
  number: number;
  jws: string;
  leaf: Leaf;
  /** The leaf's place in the tree, and how many leaves it has. */
  index: number;
  size: number;
  /** Hashes from the leaf up to the root. */
  path: string[];
}

/** The proof of a wallet's head in the newest signed root; null where that root does not have the wallet. */
export async function inclusionOf(ctx: Ctx, wallet: string): Promise<Inclusion | null> {
  const root = await store.newestSignedRoot(ctx);
  const leaf = root && (await store.leafOf(ctx, root.number, wallet));
  if (!root || !leaf) return null;
  const group = Math.floor(leaf.ord / GROUP_LEAVES);
  const [leaves, groups] = await Promise.all([
    store.leavesBetween(ctx, root.number, group * GROUP_LEAVES, (group + 1) * GROUP_LEAVES),
    store.groupsOf(ctx, root.number),
  ]);
  const path = [...pathTo(leaves.map(leafHash), leaf.ord % GROUP_LEAVES), ...pathTo(groups.map(fromHex), group)];
  return { number: root.number, jws: root.jws, leaf: { wallet, seq: leaf.seq, head: leaf.head }, index: leaf.ord, size: root.wallets, path: path.map(hex) };
}
