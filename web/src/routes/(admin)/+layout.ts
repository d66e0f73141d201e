import { error } from "@sveltejs/kit";
import { getMe } from "#lib/api/account.ts";
import { orPage } from "#lib/api/load.ts";
import type { LayoutLoad } from "./$types";

/** For administrators. To everybody else who is signed in there is nothing at these addresses. */
export const load: LayoutLoad = async ({ fetch, url, depends, untrack }) => {
  depends("dailies:me");
  const { user } = await orPage(getMe(fetch), untrack(() => new URL(url)));
  if (!user?.admin) error(404, { message: "There is nothing at this address." });
  return { user };
};
