import { getQueue, listFailures } from "#lib/api/admin.ts";
import { orPage } from "#lib/api/load.ts";
import type { PageLoad } from "./$types";

const choices = [1, 24, 168, 720];

export const load: PageLoad = async ({ fetch, url, depends, parent }) => {
  depends("dailies:admin");
  await parent();
  const hours = choices.find((known) => String(known) === url.searchParams.get("hours")) ?? 24;
  const [queue, failures] = await Promise.all([orPage(getQueue(fetch), url), orPage(listFailures(fetch, hours), url)]);
  return { hours, choices, queue, failures: failures.data };
};
