import type { CharacterLook, Setting, TimeOfDay } from "#film/film.ts";
import * as m from "#lib/paraglide/messages.js";

const presents: Record<CharacterLook["presents"], () => string> = { woman: m.presents_woman, man: m.presents_man, neutral: m.presents_neutral, child: m.presents_child, animal: m.presents_animal, machine: m.presents_machine };
export const presentsName = (value: CharacterLook["presents"]): string => presents[value]();

const hair: Record<CharacterLook["hairStyle"], () => string> = { short: m.hair_short, long: m.hair_long, bun: m.hair_bun, curly: m.hair_curly, bald: m.hair_bald, hat: m.hair_hat };
export const hairName = (value: CharacterLook["hairStyle"]): string => hair[value]();

const build: Record<CharacterLook["build"], () => string> = { slim: m.build_slim, medium: m.build_medium, broad: m.build_broad };
export const buildName = (value: CharacterLook["build"]): string => build[value]();

const setting: Record<Setting, () => string> = { interior: m.setting_interior, exterior: m.setting_exterior, both: m.setting_both };
export const settingName = (value: Setting): string => setting[value]();

const time: Record<TimeOfDay, () => string> = { dawn: m.time_dawn, morning: m.time_morning, day: m.time_day, afternoon: m.time_afternoon, dusk: m.time_dusk, evening: m.time_evening, night: m.time_night };
export const timeName = (value: TimeOfDay): string => time[value]();
