import { orPage } from "#lib/api/load.ts";
import { listRuns, listTools } from "#lib/api/making.ts";
import { listModels } from "#lib/api/models.ts";
import { isListedTool, studioTools } from "#lib/tools/fields.ts";
import { toProblem } from "#lib/api/problem.ts";
import { listTaskTakes } from "#lib/api/tools.ts";
import type { PageLoad } from "./$types";

const RESULTS = 12;
const RUNS = 30;

export const load: PageLoad = async ({ fetch, url, depends }) => {
  depends("dailies:tools");
  const asked = url.searchParams.get("tool");
  const tool = asked !== null && isListedTool(asked) ? asked : null;
  const [tools, models, results, runs] = await Promise.all([
    orPage(listTools(fetch), url),
    orPage(listModels(fetch), url),
    // The tools are shown without what was made, too. What was said stands in its conversations.
    listTaskTakes(fetch, { tools: tool === null ? studioTools : [tool], limit: RESULTS, cursor: url.searchParams.get("cursor") }).then((page) => ({ page, problem: null })).catch((error: unknown) => ({ page: null, problem: toProblem(error) })),
    listRuns(fetch, { limit: RUNS }).catch(() => null),
  ]);
  return { tools: tools.data.filter(({ id }) => isListedTool(id)), models: models.data, results, tool, runs: runs?.data.filter(({ target }) => typeof target === "object" && !Array.isArray(target) && isListedTool(target.tool)) ?? [] };
};
