// Finds a port on loopback. Built-ins only.
import { createServer } from "node:net";

const free = (port) => new Promise((resolve) => {
  const server = createServer();
  server.once("error", () => resolve(false));
  server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
});

/** The port, or the next free one after it. */
export async function freePort(wanted) {
  for (let port = wanted; port < wanted + 50 && port < 65_536; port += 1) if (await free(port)) return port;
  console.error(`No port from ${wanted} to ${wanted + 49} is free. Name another with --port.`);
  process.exit(1);
}
