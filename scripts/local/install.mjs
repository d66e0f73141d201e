// Brings node_modules to what package-lock.json says. Built-ins only, since nothing else may be there yet.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { requireNode } from "./version.mjs";

/** Install what is missing; returns the pinned Node, which everything else runs under. */
export function install(root) {
  const major = requireNode();
  const stampFile = path.join(root, "node_modules/.dailies-stamp");
  const lockFile = path.join(root, "package-lock.json");
  const lock = readFileSync(lockFile);
  const stamp = createHash("sha256").update(lock).digest("hex");
  if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== stamp) {
    console.log("Installing dependencies (once; about a minute) …");
    const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ["npm"];
    // `npm ci` refuses a lock file that lacks the builds for other systems, and a registry need not carry those: `install` takes the same pinned
    // versions. It may add such builds to the lock file, which is put back as it was.
    const result = spawnSync(npm[0], [...npm.slice(1), "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: root, stdio: "inherit" });
    writeFileSync(lockFile, lock);
    if (result.status !== 0) fail("Installing failed: the lines above say why. If the disk is full, free some room (about 1 GB is needed) and start again.");
    writeFileSync(stampFile, stamp);
  }
  const pinned = path.join(root, "node_modules/.bin/node");
  if (existsSync(pinned) && spawnSync(pinned, ["-e", ""]).status === 0) return pinned;
  const [, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 17)) return process.execPath;
  fail(`On this system Dailies needs Node 22.17 or newer; this is ${process.versions.node}.`);
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
