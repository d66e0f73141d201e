// Goes through a run again from its record: the same tellings must give the same events and the same entries in the ledger.
// Usage: npm run replay -- JOB [--origin URL] [--save FILE] [--operator] | --file FILE [JOB]
// A studio's own job is read with its key, from DAILIES_API_KEY. With --operator it may be anybody's: DAILIES_COOKIE has the cookie of an
// administrator's session, as their browser sends it (NAME=VALUE), and that it was read is written into the audit log.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { replay } from "../durable-objects/run/replay.ts";
import { ledgerDifferences } from "../worker/domains/generation/runs/replayed-ledger.ts";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { origin: { type: "string", default: "http://localhost:8787" }, file: { type: "string" }, save: { type: "string" }, operator: { type: "boolean", default: false } } });
const [job] = positionals;

function stop(text) {
  console.error(text);
  process.exit(2);
}

/** What says who asks. */
function credentials() {
  const { DAILIES_API_KEY: key, DAILIES_COOKIE: cookie } = process.env;
  if (values.operator) return { cookie: cookie || stop("Put the cookie of an administrator's session (NAME=VALUE) into DAILIES_COOKIE.") };
  return { authorization: `Bearer ${key || stop("Put an API key of the studio, with the scope runs:read, into DAILIES_API_KEY.")}` };
}

async function get(path) {
  const answer = await fetch(new URL(`/api/v1${path}`, values.origin), { headers: credentials() }).catch(() => stop(`${values.origin} does not answer.`));
  const text = await answer.text();
  if (!answer.ok) {
    let detail = `It answered ${answer.status}.`;
    try { detail = JSON.parse(text).detail ?? detail; } catch { /* not a problem of ours */ }
    stop(detail);
  }
  return JSON.parse(text);
}

async function recordOf() {
  if (values.file) return JSON.parse(readFileSync(values.file, "utf8"));
  if (!job) stop("Which job? npm run replay -- JOB, or --file FILE.");
  if (values.operator) return get(`/admin/jobs/${encodeURIComponent(job)}/record`);
  const { run } = await get(`/jobs/${encodeURIComponent(job)}`);
  return get(`/runs/${encodeURIComponent(run)}/record`);
}

const record = await recordOf();
if (values.save) writeFileSync(values.save, JSON.stringify(record));
const { changes, differences, commands, isBySameRules } = replay(record);
const ledger = ledgerDifferences(record, commands);
const about = job ? record.rows.filter(({ subject }) => subject === job).length : record.rows.length;
for (const { seq, recorded, replayed } of differences.slice(0, 20)) console.log(`row ${seq}\n  recorded: ${recorded || "(nothing)"}\n  replayed: ${replayed || "(nothing)"}`);
for (const text of ledger) console.log(`ledger: ${text}`);
const isEqual = differences.length === 0 && ledger.length === 0;
if (!isEqual && !isBySameRules) console.log("The run was opened under the rules of another release: replay it with that one, or take what differs as what the rules changed.");
console.log(`${isEqual ? "the same" : "DIFFERENT"}: ${changes} changes, ${record.rows.length} events${job ? ` (${about} of ${job})` : ""}, ${record.entries.length} entries of the ledger`);
process.exit(isEqual ? 0 : 1);
