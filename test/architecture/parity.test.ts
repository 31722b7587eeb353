import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const top = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(top, "packages/repl/docs/parity.md"), "utf8");

interface Row {
  readonly name: string;
  readonly mark: string;
  readonly heldBy: string;
}

/** The rows of all tables, in order; numbers count from 1 in each table that has them. */
const rows: readonly Row[] = page
  .split("\n")
  .filter((line) => /\| [●◐○] \|/.test(line))
  .map((line) => {
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return { name: cells.slice(1, -4).join(" "), mark: cells.at(-4) ?? "", heldBy: cells.at(-2) ?? "" };
  });

const pathOf = (file: string): string =>
  join(top, /^(test|packages)\//.test(file) ? file : `packages/repl/src/${file}`);

/** What is wrong with the tests that a cell names: of each file, that it is there and has the titles that follow it. */
function faultsOf(heldBy: string): readonly string[] {
  const faults: string[] = [];
  let text = "";
  let named = 0;
  for (const [, file, title] of heldBy.matchAll(/`([^`]+)`|"([^"]+)"/g)) {
    if (file !== undefined) {
      named++;
      text = existsSync(pathOf(file)) ? readFileSync(pathOf(file), "utf8") : "";
      if (text === "") faults.push(`no file ${file}`);
    } else if (title !== undefined && text !== "") {
      // A long title is named by its beginning.
      if (!text.includes(title.replace(/,? …$/, ""))) faults.push(`no test called ${title}`);
    }
  }
  return named === 0 && !/\bas (\d+|before)\b|\bthere\b/.test(heldBy) ? [...faults, "names no test"] : faults;
}

describe("the page of what others can do", () => {
  it("has the rows of all its tables", () => {
    expect(rows.length).toBeGreaterThan(80);
    expect(page.match(/^\|.*$/gm)?.filter((line) => /[●◐○]/.test(line))).toHaveLength(rows.length);
  });

  it("names a test that is there for whatever it says is had", () => {
    const faults = rows
      .filter(({ mark }) => mark !== "○")
      .flatMap(({ name, heldBy }) => faultsOf(heldBy).map((fault) => `${name}: ${fault}`));
    expect(faults).toEqual([]);
  });
});
