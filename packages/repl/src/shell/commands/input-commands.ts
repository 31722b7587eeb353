import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SampanError } from "@sampan/core";
import { say } from "../../language/speech.ts";
import { plainText } from "../../terminal/plain-text.ts";
import type { ShellSession } from "../session.ts";
import type { ColonCommand } from "./colon-command.ts";
import { patternOf } from "./pattern.ts";
import { splitWords } from "./split-words.ts";

/** Commands about what is typed and what is shown. */
export const inputCommands: readonly ColonCommand[] = [
  {
    name: "history",
    usage: "[PATTERN]",
    summary: "colon.history",
    run: ({ terminal, pager }, words) => {
      const fits = patternOf(words.join(" "));
      const entries = (terminal?.history.entries() ?? []).filter((entry) => fits(entry));
      const shown = entries.slice(0, 200).reverse();
      // Lines of one input stand below each other.
      pager.show(plainText(shown.map((entry) => `  ${entry.replaceAll("\n", "\n    ")}`).join("\n")));
    },
  },
  {
    name: "edit",
    usage: "",
    summary: "colon.edit",
    run: async (session) => {
      const text = (await edited(session)).trim();
      if (text === "") return void session.output.talk(say("shell.empty-file"));
      session.output.talk(session.output.talkColours.dim(plainText(text)));
      return { kind: "evaluate", text };
    },
  },
  {
    name: "more",
    usage: "",
    summary: "colon.more",
    run: ({ pager }) => pager.more(),
  },
  {
    name: "break",
    usage: "",
    summary: "colon.break",
    run: ({ output }) => output.talk(say("shell.dropped")),
  },
  {
    name: "quit",
    usage: "",
    summary: "colon.quit",
    run: () => ({ kind: "leave" }),
  },
];

/** What somebody makes of the last input in an editor of theirs. In a file that only they can read, and that goes afterwards. */
async function edited(session: ShellSession): Promise<string> {
  const { call, terminal } = session;
  const [program, ...args] = splitWords(call.env.VISUAL || call.env.EDITOR || "vi");
  if (program === undefined || terminal === null) {
    throw new SampanError("COMMAND_USAGE", "opening an editor: there is none, or no terminal", {
      hint: "Set EDITOR.",
    });
  }
  const last = terminal.history.entries().find((entry) => !entry.startsWith(":")) ?? "";
  const folder = await mkdtemp(join(tmpdir(), "sampan-edit-"));
  const file = join(folder, "input.ts");
  try {
    await writeFile(file, `${last}\n`, { mode: 0o600 });
    await terminal.editor.lend(() => untilEnded(program, [...args, file], call.env));
    return await readFile(file, "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function untilEnded(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (why: string, cause?: unknown): SampanError =>
      new SampanError("COMMAND_USAGE", `opening ${program}: ${why}; nothing was evaluated`, {
        hint: "Set EDITOR to an editor that is installed, and leave it without an error.",
        cause,
      });
    const child = spawn(program, args, { stdio: "inherit", env });
    child.on("error", (error) => reject(failed(error.message, error)));
    child.on("exit", (code, signal) =>
      code === 0 ? resolve() : reject(failed(`it ended with ${signal ?? code}`)),
    );
  });
}
