import { getAccount, listReconciliations, listStudioEntries, listStudioHolds, listStudioLots } from "#lib/api/admin.ts";
import type { Fetch } from "#lib/api/client.ts";
import { orPage } from "#lib/api/load.ts";
import type { Entry } from "#lib/api/studio.ts";
import type { Page } from "#lib/api/types.ts";
import type { PageLoad } from "./$types";

const ROWS = 100;
/** How many pages are turned to find one entry of the log. */
const TURNED_MAX = 50;
const CHECKED = 5;

const views = ["account", "entries", "holds", "lots"] as const;
type View = (typeof views)[number];
const viewOf = (asked: string | null): View => views.find((view) => view === asked) ?? "account";

/** The page of the log that has an entry; the newest one where it is not found. */
async function pageAround(fetch: Fetch, studio: string, seq: number): Promise<Page<Entry>> {
  let cursor: string | null = null;
  for (let turned = 0; turned < TURNED_MAX; turned += 1) {
    const page: Page<Entry> = await listStudioEntries(fetch, studio, { cursor, limit: ROWS });
    const oldest = page.data.at(-1)?.seq ?? 0;
    if (oldest <= seq || page.nextCursor === null) return page;
    cursor = page.nextCursor;
  }
  return listStudioEntries(fetch, studio, { limit: ROWS });
}

export const load: PageLoad = async ({ fetch, url, depends, params, parent }) => {
  depends("dailies:admin");
  await parent();
  const { id } = params;
  const view = viewOf(url.searchParams.get("view"));
  const cursor = url.searchParams.get("cursor");
  const around = Number(url.searchParams.get("around")) || null;
  const lists = {
    account: () => listReconciliations(fetch, { studio: id, limit: CHECKED }).then((page) => ({ view: "account" as const, ...page })),
    entries: () => (around !== null && cursor === null ? pageAround(fetch, id, around) : listStudioEntries(fetch, id, { cursor, limit: ROWS })).then((page) => ({ view: "entries" as const, ...page })),
    holds: () => listStudioHolds(fetch, id, { cursor }).then((page) => ({ view: "holds" as const, ...page })),
    lots: () => listStudioLots(fetch, id).then((page) => ({ view: "lots" as const, ...page, nextCursor: null })),
  };
  const [account, list] = await Promise.all([orPage(getAccount(fetch, id), url), orPage<Awaited<ReturnType<(typeof lists)[View]>>>(lists[view](), url)]);
  return { account, list, around };
};
