import { resetPassword } from "#lib/api/account.ts";
import { authForm } from "#lib/server/auth-form.ts";
import type { Actions } from "./$types";

export const actions: Actions = {
  default: (event) => authForm(event, async ({ password }) => {
    await resetPassword(event.fetch, { newPassword: password, token: event.url.searchParams.get("token") ?? "" });
    return "/sign-in?reset";
  }),
};
