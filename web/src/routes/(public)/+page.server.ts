import { feedPage } from "./feed-page.ts";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = (event) => feedPage(event, "all");
