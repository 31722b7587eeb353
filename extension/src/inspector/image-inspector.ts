import { basename, dirname } from "node:path";
import * as vscode from "vscode";
import { fieldsOf } from "../fields.ts";
import { escapeHtml } from "../pipeline/render.ts";
import { ProgramError } from "../program/call-program.ts";
import type { ProgramAccess } from "../program/program-access.ts";
import { webviewHtml } from "../webview-html.ts";
import { type ImageWords, type Judgement, renderImage, renderJudgement } from "./render-image.ts";

export const inspectorViewType = "sampan.inspect";

/**
 * `Inspect with Sampan`: what an image file holds, read by `sampan inspect`, and how its guest is judged by `sampan assess`. Nothing can be
 * changed in it.
 */
export function registerImageInspector(extension: vscode.Uri, program: ProgramAccess): vscode.Disposable {
  const provider: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: (uri) => ({ uri, dispose() {} }),
    resolveCustomEditor: ({ uri }, panel) => {
      const name = basename(uri.fsPath);
      panel.webview.options = {
        enableScripts: true,
        localResourceRoots: [vscode.Uri.joinPath(extension, "dist"), vscode.Uri.joinPath(extension, "media")],
      };
      const show = (body: string, script = false): void => {
        panel.webview.html = webviewHtml(panel.webview, extension, {
          title: "Sampan",
          body,
          style: "media/inspector.css",
          ...(script ? { script: "dist/inspector.js" } : {}),
        });
      };
      show(`<main><h1>${escapeHtml(name)}</h1><p>${escapeHtml(vscode.l10n.t("Reading…"))}</p></main>`);
      const stop = new AbortController();
      panel.onDidDispose(() => stop.abort());
      let judgement: Judgement = { state: "judging" };
      const tell = () => panel.webview.postMessage(renderJudgement(judgement, words()));
      panel.webview.onDidReceiveMessage((said: unknown) => {
        const { action } = fieldsOf(said);
        // Each time it is shown it is made anew, and knows nothing of what came after its making.
        if (action === "ready") void tell();
        if (action === "patch") void vscode.commands.executeCommand("sampan.patch", uri);
      });
      const read = async (): Promise<void> => {
        try {
          const report = await program.ask<Record<string, unknown>>(["inspect", uri.fsPath, "--json"], {
            cwd: dirname(uri.fsPath),
            signal: stop.signal,
          });
          if (stop.signal.aborted) return;
          show(renderImage(name, report, words()), true);
          judgement = await judge(program, uri.fsPath, stop.signal);
          if (!stop.signal.aborted) void tell();
        } catch (error) {
          if (stop.signal.aborted) return;
          const hint = error instanceof ProgramError ? error.hint : "";
          const message = error instanceof Error ? error.message : String(error);
          show(
            `<main><h1>${escapeHtml(name)}</h1><p class="problem">${escapeHtml(message)}</p><p>${escapeHtml(hint)}</p></main>`,
          );
        }
      };
      // Nothing of the page is shown before this function has ended.
      void read();
    },
  };
  return vscode.window.registerCustomEditorProvider(inspectorViewType, provider, {
    supportsMultipleEditorsPerDocument: true,
  });
}

async function judge(program: ProgramAccess, path: string, signal: AbortSignal): Promise<Judgement> {
  try {
    const asked = ["assess", path, "--json"];
    const report = await program.ask<Record<string, unknown>>(asked, { cwd: dirname(path), signal });
    return { state: "judged", report };
  } catch (error) {
    return { state: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}

function words(): ImageWords {
  const { l10n } = vscode;
  return {
    facts: l10n.t("Image"),
    partitions: l10n.t("Partitions"),
    guest: l10n.t("Guest"),
    columns: [l10n.t("Number"), l10n.t("Start"), l10n.t("Size"), l10n.t("Type"), l10n.t("File system")],
    format: l10n.t("Format"),
    virtualSize: l10n.t("Size of the disk"),
    fileSize: l10n.t("Size of the file"),
    data: l10n.t("Data in it"),
    used: l10n.t("In use by the guest"),
    patch: l10n.t("Show Fix-ups as a Diff"),
    guestFacts: {
      name: l10n.t("System"),
      version: l10n.t("Version"),
      architecture: l10n.t("Architecture"),
      bootMode: l10n.t("Boot mode"),
      hostname: l10n.t("Host name"),
    },
    findings: l10n.t("Findings"),
    judging: l10n.t("Judging…"),
    noFindings: l10n.t("Nothing was found that would trouble it on ECS."),
    findingColumns: [l10n.t("Severity"), l10n.t("Rule"), l10n.t("What was found")],
    severities: { blocker: l10n.t("Blocker"), warning: l10n.t("Warning"), info: l10n.t("Note") },
    mendedBy: (fixup) => l10n.t("Mended on a copy by the fix-up {0}.", fixup),
  };
}
