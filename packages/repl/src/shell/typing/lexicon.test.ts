import { catalogue } from "@sampan/sdk/catalogue";
import { describe, expect, it } from "vitest";
import { commandTable } from "../../command-table.ts";
import type { ShellCall } from "../session.ts";
import { lexiconOf } from "./lexicon.ts";

describe("what the shell knows of words", () => {
  const lexicon = lexiconOf({ call: { commands: commandTable } as unknown as ShellCall });

  it("is every step, how a plan begins, and what it can be asked", () => {
    for (const name of [...Object.keys(catalogue), "from", "run", "plan"])
      expect(lexicon.verbs).toContain(name);
    expect(lexicon.queries).toContain("images");
  });

  it("is every command that can stand behind a colon, groups by their first word", () => {
    for (const name of ["help", "quit", "inspect", "fleet"]) expect(lexicon.commands).toContain(name);
    expect(lexicon.commands).not.toContain("shell");
  });
});
