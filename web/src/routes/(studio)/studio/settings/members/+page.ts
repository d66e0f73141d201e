import { orPage } from "#lib/api/load.ts";
import { listInvites, listMembers } from "#lib/api/studio.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, url, depends, parent }) => {
  depends("dailies:members");
  const { me } = await parent();
  const manages = me.studio.role === "owner" || me.studio.role === "admin";
  const [members, invites] = await Promise.all([orPage(listMembers(fetch), url), manages ? orPage(listInvites(fetch), url) : null]);
  return { manages, members: members.data, invites: (invites?.data ?? []).filter(({ status }) => status === "pending") };
};
