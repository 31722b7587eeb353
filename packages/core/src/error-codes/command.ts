import type { ErrorCodeEntry } from "./entry.ts";

export const commandErrorCodes = {
  COMMAND_USAGE: {
    meaning: "The command line is not understood.",
    cure: "`sampan --help` lists the commands, `sampan COMMAND --help` their options.",
    exitCode: 2,
  },
  COMMAND_CONFIRMATION_NEEDED: {
    meaning: "The command would change a real account, or a host, and nobody can be asked whether it may.",
    cure: "Pass the flag that the hint names, `--yes`, or `--confirm NAME` for what cannot be taken back; or run it in a terminal.",
    exitCode: 2,
  },
  COMMAND_DECLINED: {
    meaning:
      "The question whether to go on was not answered with yes, or with the name asked for; nothing was done.",
    cure: "Run the command again and answer `y`, or type the name; or pass `--yes`, or `--confirm NAME`.",
    exitCode: 130,
  },
  COMMAND_CODE_UNKNOWN: {
    meaning: "The code to explain is neither one of Sampan's nor a known one of the vendor.",
    cure: "Copy the code exactly as it was printed; `sampan explain` alone lists Sampan's own.",
    exitCode: 2,
  },
  COMMAND_NOTHING_TO_FOLLOW: {
    meaning: "Nobody is working on the run, and it has not ended: there is nothing to follow.",
    cure: "Go on with it: `sampan resume` and its id.",
    exitCode: 2,
  },
  COMMAND_VERIFY_FAILED: {
    meaning: "The image that was written does not hold the same disk as its source.",
    cure: "Check that the source is not being written to, and the medium of the destination; then convert again.",
  },
  COMMAND_WRITE_FAILED: {
    meaning: "The operating system refused to write a file the command was asked for.",
    cure: "Check the folder's permissions and free space.",
  },
  COMMAND_SCRIPT_FAILED: {
    meaning: "A statement of a script of the shell threw an error of its own, or of a library it uses.",
    cure: "Mend the statement that the message names; `sampan shell` evaluates it by itself.",
  },
  COMMAND_DEMO_DISK_MISSING: {
    meaning: "The disk of the demo is missing from this installation or damaged.",
    cure: "Install the package again, or give a disk of your own: `sampan demo --disk FILE`.",
  },
} as const satisfies Record<string, ErrorCodeEntry>;
