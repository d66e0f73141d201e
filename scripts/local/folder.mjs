// The data folder: whose it is, who runs on it, and whether it has room. Built-ins only.
import { mkdirSync, readdirSync, rmSync, statfsSync } from "node:fs";
import path from "node:path";
import { LOCK_FILE, takeLock } from "./lock.mjs";
import { hasSecrets, localSecrets, SECRETS_FILE } from "./secrets.mjs";

const ROOM_BYTES_MIN = 500 * 1024 * 1024;

/**
 * Take the folder for this process alone, emptied where `reset` says so. Ends the program with one clear sentence where it cannot be had. Answers the
 * folder's secrets, and what tells whoever else wants the folder of this one.
 */
export function openFolder({ data, reset }) {
  try {
    mkdirSync(data, { recursive: true });
    // What is not ours is neither filled nor emptied: once it had our secrets, --reset would take it for ours.
    if (!isOurs(data)) fail(`${data} has files that are not of Dailies: name another folder with --data, or an empty one.`);
    const { holder, tell } = takeLock(data);
    if (holder) fail(holder.origin ? `Dailies runs on ${data} already, at ${holder.origin}: use that one, end it, or name another folder with --data.` : `Dailies is being started on ${data} already, by process ${holder.pid}: wait until it says where it is, or name another folder with --data.`);
    if (reset) empty(data);
    const secrets = localSecrets(data);
    mkdirSync(path.join(data, "logs"), { recursive: true });
    const room = statfsSync(data);
    if (room.bavail * room.bsize < ROOM_BYTES_MIN) fail(`The disk of ${data} is nearly full: free at least 500 MB, or name another folder with --data.`);
    return { secrets, tell };
  } catch (error) {
    return fail(inWords(error, data));
  }
}

/** What systems put into every folder or volume is nobody's. */
const SYSTEM_FILES = new Set([".DS_Store", "lost+found", "Thumbs.db"]);

/** What a start that was killed at once may have left is nobody else's. */
const isTrace = (name) => name.startsWith(LOCK_FILE) || name === `${SECRETS_FILE}.new` || SYSTEM_FILES.has(name);

const isOurs = (data) => hasSecrets(data) || readdirSync(data).every(isTrace);

/** The secrets go last: until then they tell that the folder is ours. */
function empty(data) {
  const names = readdirSync(data).filter((name) => !name.startsWith(LOCK_FILE) && !SYSTEM_FILES.has(name));
  for (const name of names.toSorted((a, b) => Number(a === SECRETS_FILE) - Number(b === SECRETS_FILE))) rmSync(path.join(data, name), { recursive: true, force: true });
}

function inWords({ code, message }, data) {
  if (["ENOSPC", "EDQUOT"].includes(code)) return `The disk of ${data} is full: free at least 500 MB, or name another folder with --data.`;
  if (["EACCES", "EPERM", "EROFS"].includes(code)) return `${data} cannot be written to by this user: change that, or name another folder with --data.`;
  if (["EEXIST", "ENOTDIR"].includes(code)) return `${data} is not a folder: name one with --data.`;
  return `${data} cannot be used (${message}): name another folder with --data.`;
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
