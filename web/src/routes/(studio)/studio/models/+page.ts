import { orPage } from "#lib/api/load.ts";
import { listAffected, listModels } from "#lib/api/models.ts";
import { isEnding } from "#lib/text/tool-words.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, url, depends }) => {
  depends("dailies:sunsets");
  const { data: models } = await orPage(listModels(fetch), url);
  const ending = models.filter(isEnding).toSorted((a, b) => (a.sunset?.retires ?? "9").localeCompare(b.sunset?.retires ?? "9"));
  const affected = await Promise.all(ending.map((model) => orPage(listAffected(fetch, model.id), url)));
  return { models, sunsets: ending.flatMap((model, at) => (affected[at] ? [{ model, affected: affected[at] }] : [])) };
};
