// Who runs on a data folder: one process at a time, whose number is in a file there. Built-ins only.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

export const LOCK_FILE = "running.json";
const LOOK_MS = 50;
/** So long a word may take to be written, and the parts of one that was killed take to end. */
const WRITING_MS = 200;
const ENDING_MS = 10_000;

/**
 * Takes the folder: `{ holder }` where another process has it, which lives or has parts that do. What is left of one that is gone is taken over, and given
 * back when this process ends. `tell` says where this one answers, and which processes are its parts.
 */
export function takeLock(data) {
  const file = path.join(data, LOCK_FILE);
  const own = { ...markOf(process.pid), origin: null, parts: [] };
  for (let waited = 0; ; waited += LOOK_MS) {
    if (create(file, own)) {
      process.on("exit", () => { if (readHolder(textOf(file))?.pid === own.pid) rmSync(file, { force: true }); });
      return { holder: null, tell: (origin, pids) => replace(file, { ...own, origin, parts: pids.map(markOf) }) };
    }
    const text = textOf(file);
    const holder = readHolder(text);
    if (holder && isLiving(holder)) return { holder };
    const isEnding = holder?.parts.some(isLiving) ?? false;
    if (isEnding && waited >= ENDING_MS) return { holder };
    if (isEnding || (text === "" && waited < WRITING_MS)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS);
    else setAside(file, text);
  }
}

function create(file, own) {
  try {
    writeFileSync(file, JSON.stringify(own), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function replace(file, own) {
  writeFileSync(`${file}.${own.pid}`, JSON.stringify(own));
  renameSync(`${file}.${own.pid}`, file);
}

/** Of several that find the same stale lock only one moves it. Whoever moves what another has written since puts it back. */
function setAside(file, seen) {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (textOf(aside) !== seen) linkSync(aside, file);
  } catch (error) {
    if (!["ENOENT", "EEXIST"].includes(error.code)) throw error;
  }
  rmSync(aside, { force: true });
}

function textOf(file) {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
}

function readHolder(text) {
  try {
    const { pid, began, origin, parts } = JSON.parse(text);
    return { pid, began, origin, parts: Array.isArray(parts) ? parts : [] };
  } catch {
    return null;
  }
}

/** What a process is known by: its number may be another's once it is gone, which began at another time. */
const markOf = (pid) => ({ pid, began: beganOf(pid) });

function isLiving({ pid, began }) {
  // One with our own number is of before this system began again: we have not written it yet.
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== "EPERM") return false;
  }
  const now = beganOf(pid);
  return now === null || now === began;
}

/** When a process began, in the system's ticks; `ended` of one whose parent has not noticed yet, null where the system does not tell. */
function beganOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "ended" : fields[19];
  } catch {
    return null;
  }
}
