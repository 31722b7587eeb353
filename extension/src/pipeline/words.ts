import * as vscode from "vscode";
import type { PipelineWords } from "./render.ts";

/** The words of the drawing in the editor's language. */
export function pipelineWords(): PipelineWords {
  const { l10n } = vscode;
  return {
    lanes: {
      host: l10n.t("Host"),
      disks: l10n.t("Disks"),
      format: l10n.t("Image"),
      store: l10n.t("OSS"),
      image: l10n.t("ECS image"),
      places: l10n.t("Regions and accounts"),
      instance: l10n.t("Instance"),
    },
    states: {
      planned: l10n.t("Planned"),
      waiting: l10n.t("waiting"),
      running: l10n.t("running"),
      stalled: l10n.t("stalled"),
      stopping: l10n.t("Stopping…"),
      finished: l10n.t("done"),
      failed: l10n.t("failed"),
      cancelled: l10n.t("stopped"),
      interrupted: l10n.t("interrupted"),
    },
    buttons: {
      plan: l10n.t("Plan"),
      run: l10n.t("Run"),
      stop: l10n.t("Stop"),
      resume: l10n.t("Resume"),
      copy: l10n.t("Copy Report"),
    },
    rehearsal: l10n.t("rehearsal"),
    timeline: l10n.t("Timeline"),
    critical: l10n.t("critical path"),
    retries: l10n.t("retries"),
    empty: l10n.t("Nothing to draw: the plan has no steps yet."),
  };
}
