import { orPage } from "#lib/api/load.ts";
import { getQueue, listRuns } from "#lib/api/making.ts";
import { listProjects } from "#lib/api/projects.ts";
import { listJobs } from "#lib/api/studio.ts";
import { isJobStatus } from "#lib/text/words.ts";
import type { PageLoad } from "./$types";

const RUNS = 30;
const PROJECTS = 100;

export const load: PageLoad = async ({ fetch, url, depends }) => {
  depends("dailies:runs");
  const cursor = url.searchParams.get("cursor");
  const view = url.searchParams.get("view");
  const asked = url.searchParams.get("status");
  const status = isJobStatus(asked) ? asked : null;
  if (view === "queue") return { list: { view: "queue" as const, queue: await orPage(getQueue(fetch), url), nextCursor: null }, status: null, titles: {} };
  const list = view === "steps"
    ? orPage(listJobs(fetch, { cursor, status }), url).then((page) => ({ view: "steps" as const, ...page }))
    : orPage(listRuns(fetch, { cursor, limit: RUNS }), url).then((page) => ({ view: "runs" as const, ...page }));
  const [shown, projects] = await Promise.all([list, listProjects(fetch, { limit: PROJECTS }).catch(() => null)]);
  return { list: shown, status, titles: Object.fromEntries((projects?.data ?? []).map(({ id, title }) => [id, title])) };
};
