import { closestNames, isSampanError } from "@sampan/core";
import { parseSource } from "@sampan/sdk";
import { knownRegions, type SourceSpec } from "@sampan/sdk/catalogue";
import type { FleetHost } from "../fleet-host.ts";
import {
  type ColumnName,
  columnNames,
  hostName,
  type InventoryColumn,
  inventoryColumns,
  knownColumn,
  longestSource,
  mistypedColumns,
} from "./columns.ts";
import { holdsPassword } from "./holds-password.ts";
import {
  mostEntries,
  type Place,
  type RawCell,
  type RawInventory,
  type RawProblem,
  type RawRow,
  shown,
} from "./raw-inventory.ts";

/** A host with what is only needed to check it against the others. */
export interface CheckedHost {
  readonly host: FleetHost;
  readonly source: SourceSpec;
  readonly row: RawRow;
  /** Where a column was given, by name; of the row itself where it was not. */
  place(column: ColumnName): Place;
}

export interface CheckedRows {
  readonly hosts: readonly CheckedHost[];
  readonly problems: readonly RawProblem[];
  readonly warnings: readonly RawProblem[];
}

const secretName = /pass(?:word|wd|phrase)|^pw$|^pwd$|secret|token|credential|(?:private|access|api).?key/i;
const mostSharedWarnings = 100;

/** Checks each row by itself. What is wrong with one hides nothing of the others. Does no I/O: sources are read as text, not looked at. */
export function checkRows({ rows, defaults, heads, problems: before }: RawInventory): CheckedRows {
  const problems: RawProblem[] = [...before];
  const warnings: RawProblem[] = [];
  const headings = new HeadingCheck(problems, heads);
  const shared = headings.known(defaults);
  for (const [name, { place }] of shared.columns) {
    if (!inventoryColumns[name].shared) {
      problems.push({ place, message: "is of one host, and cannot stand among the defaults" });
    }
  }
  const regions = new RegionCheck(warnings);
  const hosts = rows.flatMap((row) => {
    const own = headings.known(row.cells);
    const columns = new Map([...shared.columns, ...own.columns]);
    const more = new Map([...shared.more, ...own.more]);
    const found = hostOf(row, { columns, more, headings }, problems);
    if (found === undefined) return [];
    regions.look(found);
    return [found];
  });
  return { hosts, problems, warnings };
}

/** Tells columns that are known from those of the user's own; what is wrong with a heading is told once. */
class HeadingCheck {
  readonly #problems: RawProblem[];
  readonly #heads: RawInventory["heads"];
  readonly #told = new Set<string>();
  // Of ten thousand rows each names the same few.
  readonly #names = new Map<string, ColumnName | undefined>();
  readonly #faults = new Map<string, (isGiven: (name: ColumnName) => boolean) => string | undefined>();
  readonly #meant = new Map<string, boolean>();

  constructor(problems: RawProblem[], heads: RawInventory["heads"]) {
    this.#problems = problems;
    this.#heads = heads;
  }

  /** Whether a heading that is given may be meant for a column that is missing. */
  mayMean(written: string, missing: ColumnName): boolean {
    return remembered(
      this.#meant,
      `${missing} ${written}`,
      () => closestNames(written, [missing]).length > 0,
    );
  }

  known(cells: ReadonlyMap<string, RawCell>) {
    const columns = new Map<ColumnName, RawCell>();
    const more = new Map<string, RawCell>();
    for (const [written, cell] of cells) {
      const name = remembered(this.#names, written, () => knownColumn(written));
      if (name === undefined) more.set(written, cell);
      else if (columns.has(name) && this.#heads === undefined) {
        // Of a table that is told once, of its heading.
        this.#problems.push({ place: cell.place, message: `the column ${name} stands there twice` });
      } else columns.set(name, cell);
    }
    for (const [written, { place }] of more) {
      const fault = remembered(this.#faults, written, () => headingFault(written));
      const message = fault((name) => columns.has(name));
      if (message === undefined) continue;
      more.delete(written);
      if (!this.#told.has(written))
        this.#problems.push({ place: this.#heads?.get(written) ?? place, message });
      this.#told.add(written);
    }
    return { columns, more };
  }
}

/** What a map holds for a text, found once for each of the first thousand. */
function remembered<Found>(map: Map<string, Found>, text: string, find: () => Found): Found {
  if (map.has(text)) return map.get(text) as Found;
  const found = find();
  if (map.size < 1000) map.set(text, found);
  return found;
}

/** What is wrong with a heading, by the columns that a row gives; `undefined` for nothing. */
function headingFault(written: string): (isGiven: (name: ColumnName) => boolean) => string | undefined {
  if (secretName.test(written)) {
    return () => "an inventory holds no secrets; a plan of your own says where a password is found";
  }
  if (written.length > 100 || /\p{Cc}/u.test(written)) return () => "is no name of a column";
  const near = mistypedColumns(written);
  return (isGiven) => {
    const meant = near.find((name) => !isGiven(name)) ?? near[0];
    if (meant === undefined) return undefined;
    return `did you mean the column ${meant}? One of your own that is called so begins with \`x-\``;
  };
}

function hostOf(
  row: RawRow,
  {
    columns,
    more,
    headings,
  }: {
    readonly columns: ReadonlyMap<ColumnName, RawCell>;
    readonly more: ReadonlyMap<string, RawCell>;
    readonly headings: HeadingCheck;
  },
  problems: RawProblem[],
): CheckedHost | undefined {
  const count = problems.length;
  const missing = columnNames.filter((name) => inventoryColumns[name].required && !columns.has(name));
  if (missing.length > 0) {
    const near = missing.flatMap((name) =>
      [...more.keys()]
        .filter((written) => headings.mayMean(written, name))
        .map((written) => `${shown(written)} may be meant for ${name}`),
    );
    const told = near.length === 0 ? "" : ` (${near.join(", ")})`;
    problems.push({ place: row.place, message: `says no ${listed(missing)}${told}` });
  }
  const values = new Map<ColumnName, unknown>();
  for (const [name, cell] of columns) {
    const value = checkedCell(name, cell, problems);
    if (value !== undefined) values.set(name, value);
  }
  for (const { value, place } of more.values()) {
    if (typeof value !== "string") problems.push({ place, message: "a column of your own holds one text" });
    else if (value.length > 4096) problems.push({ place, message: "is longer than 4,096 letters" });
    else if (holdsPassword(value)) problems.push({ place, message: passwordTold });
  }
  const source = values.get("source") as SourceSpec | undefined;
  if (problems.length > count || source === undefined) return undefined;

  const text = (name: ColumnName): string | undefined => values.get(name) as string | undefined;
  const list = (name: ColumnName): readonly string[] => (values.get(name) as readonly string[]) ?? [];
  const place = (name: ColumnName): Place => columns.get(name)?.place ?? row.place;
  const name = text("name") ?? nameOf(source);
  if (!hostName.safeParse(name).success) {
    problems.push({ place: row.place, message: "has no `name`, and its source gives none either" });
    return undefined;
  }
  const host: FleetHost = {
    name,
    source: columns.get("source")?.value as string,
    site: text("site") ?? "",
    disks: list("disks"),
    bucket: text("bucket") ?? "",
    region: text("region") ?? "",
    targets: list("targets"),
    wave: text("wave") ?? "1",
    owner: text("owner") ?? null,
    after: list("after"),
    sizeBytes: (values.get("size") as number | undefined) ?? null,
    usedBytes: (values.get("used") as number | undefined) ?? null,
    more: Object.fromEntries([...more].map(([key, cell]) => [key, cell.value as string])),
  };
  const checked: CheckedHost = { host, source, row, place };
  checkTogether(checked, problems);
  return problems.length > count ? undefined : checked;
}

/** What of one host has to fit together. */
function checkTogether({ host, place, source }: CheckedHost, problems: RawProblem[]): void {
  const { sizeBytes, usedBytes, targets, region, after, name } = host;
  if (sizeBytes === 0) problems.push({ place: place("size"), message: "a disk of no bytes is none" });
  if (sizeBytes !== null && usedBytes !== null && usedBytes > sizeBytes) {
    problems.push({ place: place("used"), message: "more is in use than its disks hold" });
  }
  if (targets.includes(region)) {
    problems.push({ place: place("targets"), message: `the image is made in ${region} already` });
  }
  if (source.kind === "ecs" && source.region !== region) {
    problems.push({ place: place("region"), message: `the instance is in ${source.region}` });
  }
  if (after.includes(name))
    problems.push({ place: place("after"), message: "a host cannot wait for itself" });
}

/** A cell as its column has it: text, a list without repetitions, bytes, or a source; `undefined` where that was told. */
function checkedCell(name: ColumnName, { value, place }: RawCell, problems: RawProblem[]): unknown {
  const column: InventoryColumn = inventoryColumns[name];
  if (name === "source") return checkedSource(value, place, problems);
  if (column.kind !== "list") {
    if (typeof value !== "string") problems.push({ place, message: "is one value, no list" });
    else return checkedText(column, value, place, problems);
    return undefined;
  }
  const entries = (typeof value === "string" ? value.split(/[;,\s]+/) : value).filter((one) => one !== "");
  if (entries.length > mostEntries) {
    problems.push({ place, message: `has more than ${mostEntries} entries` });
    return undefined;
  }
  return [...new Set(entries.map((entry) => checkedText(column, entry, place, problems)))];
}

function checkedText(
  { schema }: InventoryColumn,
  text: string,
  place: Place,
  problems: RawProblem[],
): string | number | undefined {
  const result = schema.safeParse(text);
  if (result.success) return result.data;
  // Never repeated where it may hold a secret.
  const found = text.length > longestSource || holdsPassword(text) ? "" : `${shown(text)} is not `;
  problems.push({ place, message: `${found}${result.error.issues[0]?.message ?? "valid"}` });
  return undefined;
}

const passwordTold = "an address holds a password, and an inventory holds no secrets: leave it out";

function checkedSource(
  value: RawCell["value"],
  place: Place,
  problems: RawProblem[],
): SourceSpec | undefined {
  const told = (message: string): undefined => {
    problems.push({ place, message });
  };
  if (typeof value !== "string") return told("is one address or path, no list");
  if (value.length > longestSource) return told(`has more than ${longestSource} characters`);
  if (holdsPassword(value)) return told(passwordTold);
  try {
    return parseSource(value);
  } catch (error) {
    if (!isSampanError(error)) throw error;
    const { message, hint, code } = error;
    const said = message.replace(/^Migration\.from\(\): /, "");
    return told(code === "HOST_SOURCE_INVALID" && hint.startsWith("Write ") ? `${said}. ${hint}` : said);
  }
}

/** What a host is called that was given no name. */
function nameOf(source: SourceSpec): string {
  const file = (path: string): string =>
    (path.split(/[/\\]/).at(-1) ?? "").replace(/(?!^)\.[A-Za-z0-9]+$/, "");
  const text = {
    ssh: () => (source as { host: string }).host,
    winrm: () => (source as { host: string }).host,
    esxi: () => (source as { vm: string }).vm,
    ecs: () => (source as { instanceId: string }).instanceId,
    local: () => "local",
    "image-file": () => file((source as { path: string }).path),
    "image-url": () => file(new URL((source as { url: string }).url).pathname),
  }[source.kind]();
  return text
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .replace(/^[^\p{L}\p{N}]+/u, "")
    .slice(0, 128)
    .replace(/-+$/, "");
}

const regionIds: readonly string[] = knownRegions.map(({ id }) => id);

/** Tells of regions that nobody has heard of, each once. They are no mistake for certain: accounts of a finance cloud have others. */
class RegionCheck {
  readonly #warnings: RawProblem[];
  readonly #seen = new Set<string>(regionIds);

  constructor(warnings: RawProblem[]) {
    this.#warnings = warnings;
  }

  look({ host, place }: CheckedHost): void {
    for (const [column, region] of [
      ["region", host.region] as const,
      ...host.targets.map((target) => ["targets", target] as const),
    ]) {
      if (this.#seen.has(region) || this.#warnings.length >= mostSharedWarnings) continue;
      this.#seen.add(region);
      const near = closestNames(region, regionIds);
      const meant = near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`;
      this.#warnings.push({ place: place(column), message: `${region} is no region Sampan knows${meant}` });
    }
  }
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and no ${names.at(-1)}`;
}
