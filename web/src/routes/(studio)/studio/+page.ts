import { orPage } from "#lib/api/load.ts";
import { listRuns } from "#lib/api/making.ts";
import { listProjects } from "#lib/api/projects.ts";
import type { PageLoad } from "./$types";

const RECENT = 5;

export const load: PageLoad = async ({ fetch, url, depends }) => {
  depends("dailies:projects");
  depends("dailies:runs");
  const [projects, runs] = await Promise.all([
    orPage(listProjects(fetch, { limit: RECENT }), url),
    listRuns(fetch, { limit: 10 }).catch(() => null),
  ]);
  return { projects: projects.data, runs: runs?.data ?? [] };
};
