import { answerOf, api, type Fetch } from "./client.ts";

/** A small picture of a project: its film's poster, or its first drawn frame; null where there is none yet. */
export async function coverOf(fetch: Fetch, project: string): Promise<string | null> {
  for (const kind of ["poster", "frame"]) {
    const { data } = await answerOf(api(fetch).GET("/api/v1/assets", { params: { query: { project, kind, limit: 10 } } }));
    const asset = data.find(({ role }) => role === "webp480" || role === "panel");
    if (asset) return asset.url;
  }
  return null;
}
