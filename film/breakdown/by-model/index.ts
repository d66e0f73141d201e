export { readingByRules } from "./by-rules.ts";
export { problemsIn } from "./check.ts";
export { type Chunk, chunksOf, linesOf } from "./chunks.ts";
export { mergeReadings } from "./merge.ts";
export { BREAKDOWN_INSTRUCTIONS, chunkInput, PROMPT_VERSION, repairInput } from "./prompt.ts";
export type { Reading } from "./reading.ts";
