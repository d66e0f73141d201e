import { error } from "@sveltejs/kit";
import { orPage } from "#lib/api/load.ts";
import { listRuns, listTools } from "#lib/api/making.ts";
import { listModels } from "#lib/api/models.ts";
import { isStudioTool } from "#lib/tools/fields.ts";
import { toProblem } from "#lib/api/problem.ts";
import { listTaskTakes } from "#lib/api/tools.ts";
import * as m from "#lib/paraglide/messages.js";
import type { PageLoad } from "./$types";

const RESULTS = 8;
const RUNS = 30;

export const load: PageLoad = async ({ fetch, params, url, depends }) => {
  depends("dailies:tools");
  const { tool } = params;
  if (!isStudioTool(tool)) error(404, { message: m.error_not_found_text(), code: "http.404" });
  const [tools, models, results, runs] = await Promise.all([
    orPage(listTools(fetch), url),
    orPage(listModels(fetch), url),
    listTaskTakes(fetch, { tools: [tool], limit: RESULTS, cursor: url.searchParams.get("cursor") }).then((page) => ({ page, problem: null })).catch((failure: unknown) => ({ page: null, problem: toProblem(failure) })),
    listRuns(fetch, { limit: RUNS }).catch(() => null),
  ]);
  return {
    tool, tools: tools.data.filter(({ id }) => isStudioTool(id)), models: models.data.filter((model) => model.tool === tool), results,
    runs: runs?.data.filter(({ target }) => typeof target === "object" && !Array.isArray(target) && target.tool === tool) ?? [],
  };
};
