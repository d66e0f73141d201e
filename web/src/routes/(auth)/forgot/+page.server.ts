import { requestPasswordReset } from "#lib/api/account.ts";
import { authForm } from "#lib/server/auth-form.ts";
import type { Actions } from "./$types";

export const actions: Actions = {
  default: (event) => authForm(event, async ({ email }) => {
    await requestPasswordReset(event.fetch, { email, redirectTo: "/reset" });
    return `/forgot?sent=${encodeURIComponent(email)}`;
  }),
};
