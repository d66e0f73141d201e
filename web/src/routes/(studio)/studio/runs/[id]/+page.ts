import { redirect } from "@sveltejs/kit";
import { orPage } from "#lib/api/load.ts";
import { getRun } from "#lib/api/making.ts";
import { getProject } from "#lib/api/projects.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, params, url, depends }) => {
  depends("dailies:runs");
  // A retry is a run of its own, and the view of a run names it in the query.
  const next = url.searchParams.get("run");
  if (next && next !== params.id) redirect(303, `/studio/runs/${encodeURIComponent(next)}`);
  const run = await orPage(getRun(fetch, params.id), url);
  return { run, project: await getProject(fetch, run.project).catch(() => null) };
};
