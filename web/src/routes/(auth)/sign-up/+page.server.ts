import { signUp } from "#lib/api/account.ts";
import { authForm } from "#lib/server/auth-form.ts";
import { safeNext } from "#lib/text/safe-next.ts";
import type { Actions } from "./$types";

export const actions: Actions = {
  default: (event) => authForm(event, async ({ name, email, password }) => {
    const { token } = await signUp(event.fetch, { name, email, password });
    // Without a session, the address has to be confirmed first.
    return token ? safeNext(event.url.searchParams.get("next"), "/welcome") : `/verify?email=${encodeURIComponent(email)}`;
  }),
};
