import { fileURLToPath } from "node:url";

/** The program that works on detached runs: one folder above both `src` and `dist`. */
export const runnerProgram = fileURLToPath(new URL("../bin/runner.mjs", import.meta.url));
