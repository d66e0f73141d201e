import { ask } from "#lib/api/client.ts";
import { orPage } from "#lib/api/load.ts";
import type { Page } from "#lib/api/types.ts";
import type { PageServerLoad } from "./$types";

interface Letter {
  at: string;
  to: string;
  subject: string;
  text: string;
}

export const load: PageServerLoad = async ({ fetch, url, depends }) => {
  depends("dailies:mails");
  return { letters: (await orPage(ask<Page<Letter>>(fetch, { path: "/v1/local/mails" }), url)).data };
};
