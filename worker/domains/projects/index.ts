export { changeFilm, getFilm, type FilmEdit, type Touch } from "./films/service.ts";
export { newFilm } from "./films/documents.ts";
export { projectRoutes } from "./routes.ts";
export { setProjectStatus } from "./service.ts";
export { requireProject } from "./store.ts";
