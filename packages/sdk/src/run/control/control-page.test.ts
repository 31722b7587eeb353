import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ControlProblem, controlLimits, parseReply, parseRequest } from "./control-protocol.ts";

const page = readFileSync(new URL("../../../docs/control-socket.md", import.meta.url), "utf8");
const jsonOf = (line: string): string => line.replaceAll("{…}", "{}");

/** Complete by its type: a problem more or less does not compile. */
const problems: Readonly<Record<ControlProblem, true>> = {
  malformed: true,
  version: true,
  "line-too-long": true,
  "too-many-clients": true,
  "follows-already": true,
};

describe("the page of the control socket", () => {
  it("gives requests that are understood, and each kind of them", () => {
    const told = [...page.matchAll(/^\| `(\{"v".*?\})` \|/gm)].map(
      ([, line = ""]) => parseRequest(line).kind,
    );
    expect(told).toEqual(["ping", "status", "follow", "cancel"]);
  });

  it("gives replies of kinds that there are", () => {
    const lines = [...page.matchAll(/`(\{"v":1,"kind".*?\})`/g)].map(([, line = ""]) => jsonOf(line));
    expect(lines.length).toBe(6);
    for (const line of lines) {
      // The event of an example is left out, and without one it is no event.
      if (!line.includes('"kind":"event"')) expect(parseReply(line), line).toBeDefined();
    }
  });

  it("has a row for each problem, and the limits there are", () => {
    const [, table = ""] = /\| problem \| means \|\n([\s\S]*?)\n\n/.exec(page) ?? [];
    expect([...table.matchAll(/^\| `([a-z-]+)`/gm)].map(([, name]) => name)).toEqual(Object.keys(problems));
    const { clients, lineBytes, faults, idleMs, stuckMs } = controlLimits;
    expect(table).toContain(`at most ${lineBytes} bytes`);
    expect(table).toContain(`${clients} are connected`);
    expect(faults).toBe(8);
    expect(table).toContain("after eight such lines");
    expect(page).toContain(`says nothing for ${idleMs / 1000} s is closed`);
    expect(page).toContain(`takes nothing of what waits for it for ${stuckMs / 1000} s`);
  });
});
