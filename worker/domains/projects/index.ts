export { changeFilm, getFilm, type FilmEdit, type Touch } from "./films/service.ts";
export { keepIdleDrafts } from "./scripts/keeping.ts";
export { makeVersion } from "./scripts/versions.ts";
export { scriptRoutes } from "./scripts/routes.ts";
export { filmRoutes } from "./films/routes.ts";
export { projectRoutes } from "./routes.ts";
export { setProjectStatus } from "./service.ts";
export { requireProject } from "./store.ts";
export { EditShot } from "./contract.ts";
