import { redirect } from "@sveltejs/kit";
import { orPage } from "#lib/api/load.ts";
import { getReceipt, getRun } from "#lib/api/making.ts";
import { toProblem } from "#lib/api/problem.ts";
import { getProject } from "#lib/api/projects.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, params, url, depends }) => {
  depends("dailies:runs");
  // A retry is a run of its own, and the view of a run names it in the query.
  const next = url.searchParams.get("run");
  if (next && next !== params.id) redirect(303, `/studio/runs/${encodeURIComponent(next)}`);
  const run = await orPage(getRun(fetch, params.id), url);
  const [project, receipt] = await Promise.all([
    run.project === null ? null : getProject(fetch, run.project).catch(() => null),
    // The receipt is the wallet's: the run itself is shown without it too.
    getReceipt(fetch, params.id).then((made) => ({ made, problem: null })).catch((error: unknown) => ({ made: null, problem: toProblem(error) })),
  ]);
  return { run, project, receipt };
};
