import { fail, redirect } from "@sveltejs/kit";
import { STUDIO_COOKIE } from "#lib/api/chosen-studio.ts";
import { getMe } from "#lib/api/account.ts";
import { orPage } from "#lib/api/load.ts";
import { toProblem } from "#lib/api/problem.ts";
import { acceptInvite } from "#lib/api/studio.ts";
import type { Actions, PageServerLoad } from "./$types";

const YEAR_S = 31_536_000;

export const load: PageServerLoad = async ({ fetch, url }) => ({ email: (await orPage(getMe(fetch), url)).user?.email ?? "" });

export const actions: Actions = {
  default: async ({ fetch, params, cookies, url }) => {
    try {
      const { id } = await acceptInvite(fetch, params.id);
      // The studio that they came for is the one that opens; the browser reads the choice, too.
      cookies.set(STUDIO_COOKIE, id, { path: "/", maxAge: YEAR_S, sameSite: "lax", httpOnly: false, secure: url.protocol === "https:" });
    } catch (failure) {
      const { status, code, detail, requestId } = toProblem(failure);
      return fail(status >= 400 ? status : 503, { problem: { code, detail, requestId } });
    }
    redirect(303, "/studio");
  },
};
