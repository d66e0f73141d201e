import { getFinding } from "#lib/api/admin.ts";
import { orNull, orPage } from "#lib/api/load.ts";
import { findStudio } from "#lib/admin/find-studio.ts";
import { isProposalKind } from "#lib/admin/words.ts";
import type { PageLoad } from "./$types";

/** What a link to the form fills in. */
export const load: PageLoad = async ({ fetch, url, parent }) => {
  await parent();
  const given = (name: string) => url.searchParams.get(name);
  const [kind, credits, finding] = [given("kind"), given("credits"), given("finding")];
  const [studio, about] = await Promise.all([findStudio(fetch, given("studio")), finding ? orPage(orNull(getFinding(fetch, finding)), url) : null]);
  return { studio, finding: about, kind: isProposalKind(kind) ? kind : null, credits: credits && /^\d{1,8}$/.test(credits) ? Number(credits) : null };
};
