/** One JSON line per thing that happened, with ids and never content or secrets. */
export function logLine(line: { evt: string; [key: string]: unknown }): void {
  console.log(JSON.stringify(line));
}
