// What the built worker starts with must stay within its budget; what is loaded when it is first needed is listed beside it.
import { sizesOf } from "./local/modules.mjs";

const START_KB_MAX = 400;
const kb = (modules) => modules.reduce((sum, { bytes }) => sum + bytes, 0) / 1024;
const modules = sizesOf(".build/api");
const start = kb(modules.filter(({ startsWith }) => startsWith));
for (const { name, bytes, startsWith } of modules.toSorted((a, b) => b.bytes - a.bytes)) console.log(`${startsWith ? "start" : "later"}  ${(bytes / 1024).toFixed(1).padStart(6)} KB gzip  ${name}`);
console.log(`The worker starts with ${start.toFixed(1)} KB gzip (at most ${START_KB_MAX}) of ${kb(modules).toFixed(1)}.`);
process.exit(start <= START_KB_MAX ? 0 : 1);
