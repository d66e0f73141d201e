export { type PlannedShot, planShots } from "./shots.ts";
export { sceneNumbers, slate } from "./slate.ts";
