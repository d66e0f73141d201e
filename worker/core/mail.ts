import type { Ctx } from "./context.ts";
import { settings } from "./env.ts";
import { logLine } from "./log.ts";

export interface Letter {
  to: string;
  subject: string;
  text: string;
  html: string;
}

/** What a deployment may have to send with: `MAIL` keeps letters locally, `EMAIL` really sends them. */
type Posts = Env & { MAIL?: Fetcher; EMAIL?: SendEmail };

/** Send a letter. Throws where it cannot be handed over; a deployment without any way to send says so in its log. */
export async function sendMail(ctx: Ctx, letter: Letter): Promise<void> {
  const { MAIL, EMAIL } = ctx.env as Posts;
  const { MAIL_FROM: from } = settings(ctx.env);
  if (MAIL) {
    const answer = await MAIL.fetch("http://mail/", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ from, ...letter }) });
    if (!answer.ok) throw new Error(`the letter box answered ${answer.status}`);
  } else if (EMAIL) {
    await EMAIL.send({ from, ...letter });
  } else {
    logLine({ evt: "mail.no_way_to_send", requestId: ctx.requestId });
  }
}

/** The letters that were kept locally, newest first; null where letters are not kept. */
export async function keptMails(ctx: Ctx): Promise<unknown[] | null> {
  const { MAIL } = ctx.env as Posts;
  if (settings(ctx.env).ENVIRONMENT !== "local" || !MAIL) return null;
  const letters: unknown = await (await MAIL.fetch("http://mail/")).json();
  return Array.isArray(letters) ? letters : [];
}
