import type { Stage } from "../stage.ts";

/** A set in planes, from far to near. Each function paints its plane whole; the figures come between `near` and `foreground`. */
export interface SetPainter {
  far(stage: Stage): void;
  mid(stage: Stage): void;
  near(stage: Stage): void;
  foreground(stage: Stage): void;
}
