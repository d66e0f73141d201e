export { type Breakdown, type BreakdownCharacter, type BreakdownOptions, type BreakdownScene, breakDown, speakerName } from "./breakdown.ts";
export { nameKey } from "./cast.ts";
export { hashOf, lookOf } from "./look.ts";
export type { ActionBeat, Beat, SpeechBeat } from "./scenes.ts";
export { sentences } from "./sentences.ts";
export { propsIn } from "./things.ts";
export { voiceCasts } from "./voices.ts";
