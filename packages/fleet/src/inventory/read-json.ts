import {
  mostEntries,
  mostHosts,
  type Place,
  type RawCell,
  type RawInventory,
  type RawProblem,
  type RawRow,
  UnreadableInventory,
} from "./raw-inventory.ts";

/** Hosts of a JSON text: a list of them, or an object with `hosts` and `defaults`. Throws `UnreadableInventory`. */
export function readJson(text: string): RawInventory {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = (error as Error).message;
    const position = /position (\d+)/.exec(message)?.[1];
    const before = position === undefined ? undefined : text.slice(0, Number(position));
    const line = before === undefined ? null : before.split("\n").length;
    const column = before === undefined ? null : before.length - before.lastIndexOf("\n");
    throw new UnreadableInventory("is no JSON", { line, column, path: "" });
  }
  return readValue(value);
}

/** Hosts of a value, as JSON has it or a program made it. */
export function readValue(value: unknown): RawInventory {
  const problems: RawProblem[] = [];
  if (Array.isArray(value)) {
    return { defaults: new Map(), rows: rowsOf(value, "", problems), problems };
  }
  if (typeof value !== "object" || value === null) throw new UnreadableInventory(noInventory);
  const { hosts, defaults = {}, ...others } = value as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(others)) {
    problems.push({ place: at(name), message: "is neither `hosts` nor `defaults`" });
  }
  if (!Array.isArray(hosts)) throw new UnreadableInventory(noInventory);
  const shared = new Map<string, RawCell>();
  if (typeof defaults === "object" && defaults !== null && !Array.isArray(defaults)) {
    addCells(shared, defaults, "defaults.", problems);
  } else problems.push({ place: at("defaults"), message: "is no object of columns" });
  return { defaults: shared, rows: rowsOf(hosts, "hosts", problems), problems };
}

export const noInventory =
  "is neither a list of hosts nor an object with `hosts`, a list, and perhaps `defaults`";

function rowsOf(hosts: readonly unknown[], name: string, problems: RawProblem[]): readonly RawRow[] {
  if (hosts.length > mostHosts) {
    throw new UnreadableInventory(`has more than ${mostHosts.toLocaleString("en")} hosts`);
  }
  return hosts.flatMap((host, index) => {
    const path = `${name}[${index}]`;
    if (typeof host !== "object" || host === null || Array.isArray(host)) {
      problems.push({ place: at(path), message: "is no object of columns" });
      return [];
    }
    const cells = new Map<string, RawCell>();
    addCells(cells, host, `${path}.`, problems);
    return [{ place: at(path), cells }];
  });
}

function addCells(cells: Map<string, RawCell>, row: object, prefix: string, problems: RawProblem[]): void {
  for (const [name, value] of Object.entries(row)) {
    const place = at(`${prefix}${name}`);
    const cell = cellOf(value);
    if (cell?.problem !== undefined) problems.push({ place, message: cell.problem });
    else if (cell !== undefined) cells.set(name, { value: cell.value, place });
  }
}

type Cell = { readonly value: RawCell["value"]; readonly problem?: undefined } | { readonly problem: string };

/** What a value says as text; `undefined` for nothing. */
function cellOf(value: unknown): Cell | undefined {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) {
    if (value.length > mostEntries) return { problem: `has more than ${mostEntries} entries` };
    if (!value.every(isScalar)) return { problem: "holds a list of more than texts and numbers" };
    return value.length === 0 ? undefined : { value: value.map((one) => String(one).trim()) };
  }
  if (!isScalar(value)) return { problem: "is neither text nor a number nor a list of them" };
  const text = String(value).trim();
  return text === "" ? undefined : { value: text };
}

function isScalar(value: unknown): value is string | number | boolean {
  return (
    typeof value === "string" ||
    typeof value === "boolean" ||
    (typeof value === "number" && Number.isFinite(value))
  );
}

function at(path: string): Place {
  return { line: null, column: null, path };
}
