// Finds a port on loopback. Built-ins only.
import { createServer } from "node:net";

/** `localhost` is either of them: whoever listens on the second would be asked in our place. */
const ADDRESSES = ["127.0.0.1", "::1"];

/** Why a port cannot be had on an address: the system's code, or null where it can. */
const obstacle = (port, address) => new Promise((resolve) => {
  const server = createServer();
  server.once("error", ({ code }) => resolve(["EADDRNOTAVAIL", "EAFNOSUPPORT"].includes(code) && address !== ADDRESSES[0] ? null : code));
  server.listen(port, address, () => server.close(() => resolve(null)));
});

/** The port, or the next free one after it. */
export async function freePort(wanted) {
  for (let port = wanted; port < wanted + 50 && port < 65_536; port += 1) {
    const obstacles = [];
    for (const address of ADDRESSES) obstacles.push(await obstacle(port, address));
    if (obstacles.every((code) => code === null)) return port;
    if (obstacles.includes("EACCES")) fail(`Port ${port} may be opened by an administrator only: name one from 1024 up with --port.`);
  }
  return fail(`No port from ${wanted} to ${Math.min(wanted + 49, 65_535)} is free. Name another with --port.`);
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
