export { type CloudChoice, chooseCloud } from "../cloud/choose-cloud.ts";
export { type CachedNames, cachedNames, type NamesQuestion } from "./cached-names.ts";
export { type AccountNames, namesFolder, parseNames } from "./names-file.ts";
