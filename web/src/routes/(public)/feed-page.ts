import { listFeed, type FeedFilter } from "#lib/api/feed.ts";
import type { Fetch } from "#lib/api/client.ts";
import { toProblem } from "#lib/api/problem.ts";
import { PUBLIC_PAGE } from "#lib/api/public-page.ts";

/** A page of the feed. Where it cannot be read, the page still opens and says so, and is not kept by the edge. */
export async function feedPage(event: { fetch: Fetch; url: URL; setHeaders: (headers: Record<string, string>) => void }, filter: FeedFilter) {
  const cursor = event.url.searchParams.get("cursor");
  try {
    const { data, nextCursor } = await listFeed(event.fetch, { filter, cursor });
    event.setHeaders(PUBLIC_PAGE);
    return { filter, films: data, nextCursor, later: cursor !== null, problem: null };
  } catch (error) {
    const { detail, requestId } = toProblem(error);
    return { filter, films: [], nextCursor: null, later: cursor !== null, problem: { detail, requestId } };
  }
}
