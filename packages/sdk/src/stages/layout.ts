import { isSampanError, SampanError } from "@sampan/core";
import { AllocationMap, type Extent, type ExtentKind, type UnitOrder } from "@sampan/image";
import { z } from "zod";
import type { StageContext } from "../run/stage-definition.ts";
import type { EncodeOutput, EncodingTarget } from "./encode.ts";

/** How a disk lies in its file: kept with the run, so that a refresh can lay the disk out the same. */
export interface DiskLayout {
  /** All that the file stores. */
  readonly map: AllocationMap;
  /** In which order; `undefined` where the disk lies as it is. */
  readonly order: UnitOrder | undefined;
}

const kinds: Readonly<Record<string, ExtentKind>> = { d: "data", z: "zero", h: "hole" };

const savedLayout = z.object({
  v: z.literal(1),
  format: z.string(),
  subformat: z.string(),
  sizeBytes: z.number().int().positive(),
  /** Kind and length of each extent: `d4096h1048576`. */
  map: z.string().regex(/^(?:[dzh][0-9]{1,16})*$/),
  order: z.array(z.tuple([z.number(), z.number()])).nullable(),
});

/** Keeps a layout with the run and gives the name of the artifact. */
export async function saveLayout(
  index: number,
  target: EncodingTarget,
  { map, order }: DiskLayout,
  context: StageContext,
): Promise<string> {
  const name = `disk-${index}.layout.json`;
  const extents = map.extents.map(({ kind, length }) => `${kind[0]}${length}`).join("");
  const saved: z.infer<typeof savedLayout> = {
    v: 1,
    ...target,
    sizeBytes: map.sizeBytes,
    map: extents,
    order: order?.map(([first, count]) => [first, count]) ?? null,
  };
  await context.services.artifacts.save(name, Buffer.from(JSON.stringify(saved)));
  return name;
}

/** The layout of a disk of this run; `RUN_JOURNAL_CORRUPT` when it is missing or damaged. */
export async function loadLayout(name: string, context: StageContext): Promise<DiskLayout> {
  const bytes = await context.services.artifacts.load(name);
  const layout = bytes && parseLayout(bytes)?.layout;
  if (layout === undefined) {
    throw new SampanError(
      "RUN_JOURNAL_CORRUPT",
      `the layout ${name} of run ${context.runId} is ${bytes === undefined ? "missing" : "damaged"}`,
    );
  }
  return layout;
}

/** A layout of the run that is refreshed, or why it cannot be followed. */
export type EarlierLayout = { readonly layout: DiskLayout } | { readonly reason: string };

/** How the run that is refreshed had laid a disk out, when this one can follow it; `undefined` when nothing is refreshed. */
export async function earlierLayout(
  disk: { readonly name: string; readonly sizeBytes: number },
  target: EncodingTarget,
  context: StageContext,
): Promise<EarlierLayout | undefined> {
  const { earlier } = context.services;
  if (earlier === undefined) return undefined;
  try {
    const encoded = earlier.stage("convert")?.output as EncodeOutput | null | undefined;
    const image = encoded?.images.find(({ capture }) => capture.disk.name === disk.name);
    if (image?.layout === undefined) return { reason: "it recorded no layout of this disk" };
    const bytes = await earlier.artifacts.load(image.layout);
    const saved = bytes && parseLayout(bytes);
    if (saved === undefined)
      return { reason: `its record of the layout, ${image.layout}, is gone or damaged` };
    if (saved.format !== target.format || saved.subformat !== target.subformat)
      return { reason: `it was ${saved.format.toUpperCase()} (${saved.subformat})` };
    const { sizeBytes } = saved.layout.map;
    if (sizeBytes !== disk.sizeBytes)
      return { reason: `the disk had ${sizeBytes} bytes then and has ${disk.sizeBytes} now` };
    return { layout: saved.layout };
  } catch (error) {
    if (!isSampanError(error) || error.code === "CORE_CANCELLED") throw error;
    return { reason: `its record cannot be read: ${error.message}` };
  }
}

function parseLayout(
  bytes: Uint8Array,
): { readonly format: string; readonly subformat: string; readonly layout: DiskLayout } | undefined {
  try {
    const { format, subformat, sizeBytes, map, order } = savedLayout.parse(
      JSON.parse(Buffer.from(bytes).toString("utf8")),
    );
    return {
      format,
      subformat,
      layout: { map: AllocationMap.of(sizeBytes, extentsOf(map)), order: order ?? undefined },
    };
  } catch {
    return undefined;
  }
}

function* extentsOf(text: string): Generator<Extent> {
  let offset = 0;
  for (const [, letter = "", digits = ""] of text.matchAll(/([dzh])([0-9]+)/g)) {
    const length = Number(digits);
    yield { offset, length, kind: kinds[letter] ?? "data" };
    offset += length;
  }
}
