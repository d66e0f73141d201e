// `npm start`: installs what is missing, builds, and runs the whole platform on loopback until Ctrl+C. Built-ins only, on Node 20 or newer.
import { requireNode } from "./local/version.mjs";

requireNode();
// What an older Node lacks would end it before it could say so: the rest is loaded once it is known to be there.
void import("./local/running.mjs");
