import { redirect } from "@sveltejs/kit";
import type { PageLoad } from "./$types";

/** A project opens where there is something to do. */
export const load: PageLoad = async ({ parent, params }) => {
  const { project } = await parent();
  redirect(307, `/studio/projects/${params.id}/${project.counts.scenes > 0 ? "shots" : "script"}`);
};
