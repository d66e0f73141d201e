import { orPage } from "#lib/api/load.ts";
import { getGraph, listRuns } from "#lib/api/making.ts";
import { getProject } from "#lib/api/projects.ts";
import type { LayoutLoad } from "./$types";

export const load: LayoutLoad = async ({ fetch, params, url, depends, untrack }) => {
  depends("dailies:project", "dailies:film", "dailies:runs");
  const here = untrack(() => new URL(url));
  const [project, graph, runs] = await Promise.all([
    orPage(getProject(fetch, params.id), here),
    // Without these the stages still open; what they would have shown is missing, and the stage itself says why.
    getGraph(fetch, params.id).catch(() => null),
    listRuns(fetch, { project: params.id, limit: 5 }).catch(() => null),
  ]);
  return { project, graph, runs: (runs?.data ?? []).filter(({ target }) => typeof target === "string" || Array.isArray(target)) };
};
