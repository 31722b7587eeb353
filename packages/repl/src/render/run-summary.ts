import { formatBytes, type Json, type JsonObject } from "@sampan/core";
import { say, translated } from "../language/speech.ts";
import { formatTable, type TableStyle } from "../terminal/table.ts";
import type { RunView } from "./run-view.ts";

/**
 * The table at the end of a run: the images that now exist; for a run that ended earlier the objects, the encoded disks or
 * the disks; `null` when there is nothing to show. Pure.
 */
export function resultTable(result: JsonObject, style: TableStyle): string | null {
  const images = objectsOf(result.images);
  if (images.length > 0) {
    return formatTable(
      ["region", "image", "name", "status", "size"],
      images.map((image) => [
        text(image.region),
        text(image.imageId),
        text(image.name),
        text(image.status),
        bytes(image.sizeBytes),
      ]),
      style,
    );
  }
  const stored = objectsOf(result.objects);
  if (stored.length > 0) {
    return formatTable(
      ["disk", "object", "region", "size", "crc-64"],
      stored.map((object) => [
        text(object.disk),
        `oss://${text(object.bucket)}/${text(object.key)}`,
        text(object.region),
        bytes(object.sizeBytes),
        text(object.crc64),
      ]),
      style,
    );
  }
  const encoded = objectsOf(result.encoded);
  if (encoded.length > 0) {
    return formatTable(
      ["disk", "format", "file", "disk inside"],
      encoded.map((disk) => [
        text(disk.disk),
        text(disk.format),
        bytes(disk.sizeBytes),
        bytes(disk.virtualSizeBytes),
      ]),
      style,
    );
  }
  const disks = objectsOf(result.disks);
  if (disks.length === 0) return null;
  return formatTable(
    ["disk", "size", "to be read"],
    disks.map((disk) => [text(disk.name), bytes(disk.sizeBytes), bytes(disk.dataBytes)]),
    style,
  );
}

const shownResources = 10;

/** Lines about a run that has ended, besides its table: what it left behind and where its journal lies. Pure. */
export function closingLines(view: RunView): string[] {
  const lines: string[] = [];
  if (view.end?.kind !== "finished") {
    const left = view.resources.filter((resource) => resource.billed);
    const where = view.cloud?.rehearsal ? "left.simulator" : "left.cloud";
    for (const { kind, id, name, region } of left.slice(0, shownResources)) {
      const named = name === null || id.endsWith(name) ? id : `${id} (${name})`;
      const what = `${translated(kind)} ${named}`;
      lines.push(say(where, { what: region === null ? what : say("left.in", { what, region }) }));
    }
    if (left.length > shownResources) {
      lines.push(say(where, { what: say("left.more", { more: left.length - shownResources }) }));
    }
    for (const { name, id, leaseMs } of view.resources.filter(({ kind }) => kind === "moment")) {
      const minutes = Math.ceil((leaseMs ?? 0) / 60_000);
      lines.push(say("left.host", { moment: name ?? id, minutes, run: view.runId }));
    }
    if (left.length > 0) lines.push(say("left.use", { run: view.runId }));
  }
  if (view.folder !== null) lines.push(say("run.journal", { folder: view.folder }));
  return lines;
}

function objectsOf(value: Json | undefined): JsonObject[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (item): item is JsonObject => typeof item === "object" && item !== null && !Array.isArray(item),
  );
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : value === null || value === undefined ? "–" : String(value);
}

function bytes(value: Json | undefined): string {
  return typeof value === "number" ? formatBytes(value) : "–";
}
