import { getMe, getWallet } from "#lib/api/account.ts";
import { orPage } from "#lib/api/load.ts";
import type { LayoutLoad } from "./$types";

export const load: LayoutLoad = async ({ fetch, url, depends, untrack }) => {
  depends("dailies:me");
  const here = untrack(() => new URL(url));
  const [me, wallet] = await Promise.all([orPage(getMe(fetch), here), getWallet(fetch).catch(() => null)]);
  return { me, wallet };
};
