import { orPage } from "#lib/api/load.ts";
import { listProjects } from "#lib/api/projects.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, url, depends }) => {
  depends("dailies:projects");
  const trash = url.searchParams.has("trash");
  const cursor = url.searchParams.get("cursor");
  const page = await orPage(listProjects(fetch, { limit: 48, ...(cursor && { cursor }), ...(trash && { deleted: "true" as const }) }), url);
  return { projects: page.data, nextCursor: page.nextCursor, trash, table: url.searchParams.get("view") === "table" };
};
