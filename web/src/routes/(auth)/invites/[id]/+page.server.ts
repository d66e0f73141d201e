import { fail, redirect } from "@sveltejs/kit";
import { getMe } from "#lib/api/account.ts";
import { orPage } from "#lib/api/load.ts";
import { toProblem } from "#lib/api/problem.ts";
import { acceptInvite } from "#lib/api/studio.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ fetch, url }) => ({ email: (await orPage(getMe(fetch), url)).user?.email ?? "" });

export const actions: Actions = {
  default: async ({ fetch, params }) => {
    try {
      await acceptInvite(fetch, params.id);
    } catch (failure) {
      const { status, code, detail, requestId } = toProblem(failure);
      return fail(status >= 400 ? status : 503, { problem: { code, detail, requestId } });
    }
    redirect(303, "/studio");
  },
};
