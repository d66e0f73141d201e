/** The signed log of all wallets, which is public. */
import { answerOf, api, type Fetch } from "./client.ts";
import type { components } from "./schema.d.ts";
import type { Page } from "./types.ts";

export type Root = components["schemas"]["Root"];

/** How far the newest signed root covers the studio's log. */
export type WalletRoot = components["schemas"]["WalletRoot"];

export const getWalletRoot = (fetch: Fetch): Promise<WalletRoot> => answerOf(api(fetch).GET("/api/v1/wallet/root"));
export const listRoots = (fetch: Fetch, limit: number): Promise<Page<Root>> => answerOf(api(fetch).GET("/api/v1/ledger/roots", { params: { query: { limit } } }));
