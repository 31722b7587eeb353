import type { ErrorCodeEntry } from "./entry.ts";

export const configErrorCodes = {
  CONFIG_LOAD_FAILED: {
    meaning: "A configuration file cannot be read or, where it computes its settings, ended in an error.",
    cure: "Correct the file at the place named, or pass `--no-config` to do without.",
    exitCode: 2,
  },
  CONFIG_SETTING_INVALID: {
    meaning: "A configuration file, or a variable, says something no setting takes.",
    cure: "`sampan config` lists the settings and what each takes.",
    exitCode: 2,
  },
  CONFIG_SECRET_REFUSED: {
    meaning: "A configuration file holds a secret; none belongs there, since such files are shared.",
    cure: "Delete it from the file and make it invalid in the console; give credentials to `aliyun configure`, or by variables.",
    exitCode: 2,
  },
} as const satisfies Record<string, ErrorCodeEntry>;
