import { z } from "@hono/zod-openapi";
import { defineEvent } from "#core/events.ts";

const Hash = z.string().meta({ description: "SHA-256, 64 hexadecimal digits" });

export const Root = z.object({
  object: z.literal("root"), number: z.int(), at: z.iso.datetime(), wallets: z.int(), root: Hash.meta({ description: "Hash of the tree of all wallets' heads" }),
  hash: Hash.meta({ description: "Hash of the record, which the next record names" }), previous: Hash.nullable(),
}).meta({ id: "Root" });
export type Root = z.infer<typeof Root>;

export const SignedRoot = Root.extend({
  record: z.string().meta({ description: "The signed text, canonical JSON" }), jws: z.string().meta({ description: "Compact JWS over the record" }),
}).meta({ id: "SignedRoot" });
export type SignedRoot = z.infer<typeof SignedRoot>;

export const WalletRoot = z.object({
  object: z.literal("wallet_root"), number: z.int(), at: z.iso.datetime().meta({ description: "When it was signed" }),
  seq: z.int().meta({ description: "The wallet's last entry under it; later ones are not signed yet" }),
}).meta({ id: "WalletRoot" });
export type WalletRoot = z.infer<typeof WalletRoot>;

export const BegunRoot = z.object({ object: z.literal("root"), number: z.int(), state: z.enum(["collecting", "signed"]), wallets: z.int() }).meta({ id: "BegunRoot" });

export const KeySet = z.object({
  keys: z.array(z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string(), kid: z.string(), use: z.literal("sig"), alg: z.literal("EdDSA") })),
}).meta({ id: "KeySet" });
export type KeySet = z.infer<typeof KeySet>;

export const rootRequested = defineEvent("ledger.root_requested", z.object({ number: z.int() }));
export const rootSigned = defineEvent("ledger.root_signed", z.object({ number: z.int(), hash: z.string(), wallets: z.int() }));
