import { signIn } from "#lib/api/account.ts";
import { ProblemError } from "#lib/api/problem.ts";
import { authForm } from "#lib/server/auth-form.ts";
import { safeNext } from "#lib/text/safe-next.ts";
import type { Actions } from "./$types";

export const actions: Actions = {
  default: (event) => authForm(event, async ({ email, password }) => {
    try {
      await signIn(event.fetch, { email, password });
    } catch (error) {
      if (error instanceof ProblemError && error.code === "EMAIL_NOT_VERIFIED") return `/verify?email=${encodeURIComponent(email)}`;
      throw error;
    }
    return safeNext(event.url.searchParams.get("next"), "/studio");
  }),
};
