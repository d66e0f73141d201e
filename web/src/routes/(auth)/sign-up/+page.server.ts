import { signUp } from "#lib/api/account.ts";
import { authForm } from "#lib/server/auth-form.ts";
import { safeNext } from "#lib/text/safe-next.ts";
import type { Actions } from "./$types";

export const actions: Actions = {
  default: (event) => authForm(event, async ({ name, email, password }) => {
    const next = safeNext(event.url.searchParams.get("next"), "/welcome");
    const confirmed = `/verify?next=${encodeURIComponent(next)}`;
    const { token } = await signUp(event.fetch, { name, email, password, callbackURL: confirmed });
    // Without a session, the address has to be confirmed first; its link leads on from there.
    return token ? next : `${confirmed}&email=${encodeURIComponent(email)}`;
  }),
};
