/** What a page sends that is the same for everyone and may be kept by the edge. Never `s-maxage`: it would switch the second half off. */
export const PUBLIC_PAGE = { "cache-control": "public, max-age=15, stale-while-revalidate=600" };
