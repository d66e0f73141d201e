import { listWallets, type WalletFilter } from "#lib/api/admin.ts";
import { orPage } from "#lib/api/load.ts";
import type { PageLoad } from "./$types";

const filters: WalletFilter[] = ["all", "frozen", "in_debt"];

export const load: PageLoad = async ({ fetch, url, depends, parent }) => {
  depends("dailies:admin");
  await parent();
  const only = filters.find((filter) => filter === url.searchParams.get("only")) ?? "all";
  return { only, wallets: await orPage(listWallets(fetch, { only, cursor: url.searchParams.get("cursor") }), url) };
};
