import { getWallet } from "#lib/api/account.ts";
import { getWalletRoot } from "#lib/api/ledger.ts";
import { orNull, orPage } from "#lib/api/load.ts";
import { toProblem } from "#lib/api/problem.ts";
import { listEntries, listHolds } from "#lib/api/studio.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, url, depends }) => {
  depends("dailies:me");
  const holds = url.searchParams.get("view") === "holds";
  const cursor = url.searchParams.get("cursor");
  const lines = holds ? listHolds(fetch, { cursor }).then((page) => ({ view: "holds" as const, ...page })) : listEntries(fetch, { cursor }).then((page) => ({ view: "entries" as const, ...page }));
  // The balance comes from the wallet itself and the lists from their copy: one may be there without the other.
  const [wallet, list, signed] = await Promise.all([
    orPage(getWallet(fetch), url),
    lines.catch((problem: unknown) => {
      const { detail, requestId } = toProblem(problem);
      return { view: holds ? ("holds" as const) : ("entries" as const), data: null, nextCursor: null, problem: { detail, requestId } };
    }),
    // Null: no root has this wallet yet. Undefined: nobody could say.
    orNull(getWalletRoot(fetch)).catch(() => undefined),
  ]);
  return { wallet, list, signed };
};
