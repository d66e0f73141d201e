/** Critical findings are told to every administrator, once each, in as few letters as runs find them. */
import type { Ctx } from "#core/context.ts";
import { isGuardFailure } from "#core/db.ts";
import { settings } from "#core/env.ts";
import { commitAll, type EventRow } from "#core/events.ts";
import { sendMail, type Letter } from "#core/mail.ts";
import { administratorAddresses } from "#domains/identity/index.ts";
import { findingsAlarmed, PLATFORM } from "../contract.ts";
import * as findings from "../findings/store.ts";
import type { FindingRow } from "../tables.ts";
import * as store from "./store.ts";

const TOLD_MAX = 200;
const SHOWN_MAX = 30;

/** Tells what nobody was told of yet, unless a run of everything is about to find more. The letters go as events: none is lost, and none is sent twice. */
export async function tellCritical(ctx: Ctx): Promise<void> {
  const ids = await findings.unmailed(ctx, TOLD_MAX);
  if (ids.length === 0 || (await store.findRunning(ctx, PLATFORM))) return;
  const addresses = await administratorAddresses(ctx);
  if (addresses.length === 0) return;
  try {
    await commitAll(ctx, addresses.map((to) => findingsAlarmed(null, ids[0] ?? "", { to, findings: ids })), findings.markMailed(ctx, ids));
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
  }
}

/** Sends one administrator the letter of an event. */
export async function sendAlarm(ctx: Ctx, { data }: Pick<EventRow, "data">): Promise<void> {
  const { to, findings: ids } = findingsAlarmed.data.parse(data);
  await sendMail(ctx, letterOf(to, { rows: await findings.byIds(ctx, ids), origin: settings(ctx.env).APP_ORIGIN }));
}

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

function letterOf(to: string, { rows, origin }: { rows: FindingRow[]; origin: string }): Letter {
  const url = `${origin}/admin/findings?severity=critical`;
  const lines = rows.slice(0, SHOWN_MAX).map(({ source, subject, entry, explanation, detail }) => `${source}, ${subject}${entry === null ? "" : `, entry ${entry}`}: ${explanation ?? detail}`);
  if (rows.length > SHOWN_MAX) lines.push(`… and ${rows.length - SHOWN_MAX} more.`);
  const what = rows.length === 1 ? "1 critical finding" : `${rows.length} critical findings`;
  const said = `Reconciliation has ${what}. Money is moved only after two administrators agree.`;
  return {
    to, subject: `Dailies: ${what}`,
    text: [said, ...lines, `All of it: ${url}`, "Dailies"].join("\n\n"),
    html: [`<p>${said}</p>`, "<ul>", ...lines.map((line) => `<li>${escape(line)}</li>`), "</ul>", `<p><a href="${escape(url)}">All of it</a></p>`, "<p>Dailies</p>"].join("\n"),
  };
}
