import { statSync } from "node:fs";
import { delimiter, dirname } from "node:path";
import * as vscode from "vscode";
import { askProgram, type CallOptions, type CallResult, callProgram, ProgramError } from "./call-program.ts";
import { type FoundProgram, findProgram, type OwnProgram } from "./find-program.ts";

/** Why no program can be started. */
export type NoProgram = "untrusted" | "missing";

/**
 * The one way by which the extension starts programs. In a folder that is not trusted it starts none at all.
 *
 * It looks for `sampan` anew at each call, so that an installation is noticed without a reload.
 */
export class ProgramAccess {
  readonly #output: vscode.LogOutputChannel;
  readonly #own: OwnProgram;
  #told = "";

  /** @param script the program that the extension brings */
  constructor(output: vscode.LogOutputChannel, script: string) {
    this.#output = output;
    this.#own = { script, node: process.execPath, nodeVersion: process.versions.node };
  }

  /** The program, or why there is none. */
  find(): FoundProgram | NoProgram {
    if (!vscode.workspace.isTrusted) return "untrusted";
    const setting = vscode.workspace.getConfiguration("sampan").get<string>("path", "").trim();
    const folders = (vscode.workspace.workspaceFolders ?? [])
      .filter((folder) => folder.uri.scheme === "file")
      .map((folder) => folder.uri.fsPath);
    const path = [process.env.PATH ?? "", dirname(process.execPath)].join(delimiter);
    const { platform } = process;
    const found = findProgram({ setting, folders, path, platform, own: this.#own, isFile }) ?? "missing";
    this.#tell(found, setting);
    return found;
  }

  /** Writes into the log which program was chosen, each time another is. */
  #tell(found: FoundProgram | "missing", setting: string): void {
    const reason =
      setting === ""
        ? `none in the workspace or on the PATH, and Node ${this.#own.nodeVersion} of the editor is too old for the extension's`
        : `the setting sampan.path names no file: ${setting}`;
    const choice =
      found === "missing"
        ? `no program: ${reason}`
        : `program: ${[found.command, ...found.args].join(" ")} (from: ${found.from})`;
    if (choice === this.#told) return;
    this.#told = choice;
    this.#output.info(choice);
  }

  /** Starts `sampan` and reads the one JSON value it prints; throws `ProgramError`. */
  async ask<T>(args: readonly string[], options: CallOptions): Promise<T> {
    const program = this.#required();
    this.#output.debug(`sampan ${args.join(" ")}`);
    return askProgram<T>(program, args, options);
  }

  /** Starts `sampan` and waits until it has ended; throws `ProgramError` when it cannot be started. */
  async call(args: readonly string[], options: CallOptions): Promise<CallResult> {
    const program = this.#required();
    this.#output.debug(`sampan ${args.join(" ")}`);
    return callProgram(program, args, options);
  }

  #required(): FoundProgram {
    const program = this.find();
    if (typeof program !== "string") return program;
    throw program === "untrusted"
      ? new ProgramError(
          "UNTRUSTED",
          vscode.l10n.t("This folder is not trusted, so nothing is started in it."),
          "",
        )
      : new ProgramError("PROGRAM_MISSING", vscode.l10n.t("The program `sampan` was not found."), "");
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Tells a person what went wrong, with the one action that helps. */
export async function showProblem(problem: unknown): Promise<void> {
  const { l10n, window, commands } = vscode;
  if (!(problem instanceof ProgramError)) {
    await window.showErrorMessage(problem instanceof Error ? problem.message : String(problem));
    return;
  }
  // What the editor itself has stopped, as it was closed.
  if (problem.code === "ABORTED") return;
  if (problem.code === "UNTRUSTED") {
    const manage = l10n.t("Manage Workspace Trust");
    if ((await window.showWarningMessage(problem.message, manage)) === manage) {
      await commands.executeCommand("workbench.trust.manage");
    }
    return;
  }
  if (problem.code === "PROGRAM_MISSING" || problem.code === "PROGRAM_NOT_STARTED") {
    const choose = l10n.t("How to Install");
    if ((await window.showErrorMessage(problem.message, choose)) === choose) {
      await commands.executeCommand("sampan.openWalkthrough");
    }
    return;
  }
  const explain = l10n.t("Explain {0}", problem.code);
  const hint = problem.hint === "" ? "" : ` ${problem.hint}`;
  if ((await window.showErrorMessage(`${problem.message}.${hint}`, explain)) === explain) {
    await commands.executeCommand("sampan.explain", problem.code);
  }
}
