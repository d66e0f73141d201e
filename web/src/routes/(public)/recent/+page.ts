import { feedPage } from "../feed-page.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = (event) => feedPage(event, "recent");
