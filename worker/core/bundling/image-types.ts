// Stands in for image-size's list of twenty formats (stand-ins.json): these are the ones that `media/probe.ts` knows a type of.
import { HEIF } from "../../../node_modules/image-size/dist/esm/types/heif.js";
import { JPG } from "../../../node_modules/image-size/dist/esm/types/jpg.js";
import { PNG } from "../../../node_modules/image-size/dist/esm/types/png.js";
import { WEBP } from "../../../node_modules/image-size/dist/esm/types/webp.js";

export const typeHandlers = new Map(Object.entries({ heif: HEIF, jpg: JPG, png: PNG, webp: WEBP }));
export const types = [...typeHandlers.keys()];
