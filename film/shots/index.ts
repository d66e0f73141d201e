export { type PlannedShot, planShots, title } from "./shots.ts";
export { sceneNumbers, slate } from "./slate.ts";
