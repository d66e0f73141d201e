import { getMe } from "#lib/api/account.ts";
import { ask } from "#lib/api/client.ts";
import type { Me } from "#lib/api/types.ts";

/**
 * Who looks at a public page. Those pages are the same for everyone and come from the edge, so this is asked after they are painted;
 * nobody is signed in until then.
 */
class Viewer {
  me: Me | null = $state(null);
  #asked: Promise<void> | null = null;

  /** Asks once for all public pages that are visited. */
  ask(): Promise<void> {
    this.#asked ??= this.#find();
    return this.#asked;
  }

  async #find(): Promise<void> {
    try {
      // Answers null without a session, where `/me` would be a failure on every visit.
      const session = await ask<unknown>(fetch, { path: "/auth/get-session" });
      if (session) this.me = await getMe(fetch);
    } catch { /* the page stays as it is for everyone */ }
  }
}

export const viewer = new Viewer();
