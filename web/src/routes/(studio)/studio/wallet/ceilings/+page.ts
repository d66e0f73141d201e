import { listCeilings } from "#lib/api/ceilings.ts";
import { orPage } from "#lib/api/load.ts";
import { listProjects } from "#lib/api/projects.ts";
import { listKeys, listMembers } from "#lib/api/studio.ts";
import type { PageLoad } from "./$types";

const PROJECTS = 100;

export const load: PageLoad = async ({ fetch, url, depends, parent }) => {
  depends("dailies:ceilings");
  const { me } = await parent();
  const manages = me.studio.role === "owner" || me.studio.role === "admin";
  const [ceilings, members, projects, keys] = await Promise.all([
    orPage(listCeilings(fetch), url),
    listMembers(fetch).then(({ data }) => data.map(({ user, name }) => ({ id: user, name }))).catch(() => []),
    listProjects(fetch, { limit: PROJECTS }).then(({ data }) => data.map(({ id, title }) => ({ id, name: title }))).catch(() => []),
    manages ? listKeys(fetch).then(({ data }) => data.map(({ id, name }) => ({ id, name }))).catch(() => []) : [],
  ]);
  /** Who a ceiling can be for, by name. Runs have no names before they begin. */
  return { ceilings, manages, isOwner: me.studio.role === "owner", named: { member: members, project: projects, apiKey: keys } };
};
