import { describe, expect, it } from "vitest";
import { siteNamePattern } from "../site-name.ts";
import { siteQueue, workerLabel } from "./queue-names.ts";

const letters = ["a", "Z", "7", ".", "_", "-", "上", "海", "é", "Ж", "𠀀"];

/** Names of sites of every length, of letters drawn without luck. */
function names(): readonly string[] {
  const made = new Set<string>();
  let state = 7;
  for (let turn = 0; turn < 4000; turn++) {
    let name = "";
    for (let length = 1 + (turn % 64); length > 0; length--) {
      state = (state * 48_271) % 0x7fffffff;
      name += letters[state % letters.length];
    }
    if (siteNamePattern.test(name)) made.add(name);
  }
  return [...made];
}

describe("the queue of a site", () => {
  it("is another one for each name, of any script, and leaves a worker room for a name of its own", () => {
    const all = [...names(), "a".repeat(64), `${"a".repeat(63)}b`, "上海", "上海-2", "shanghai"];
    const queues = all.map(siteQueue);
    expect(all.length).toBeGreaterThan(1000);
    expect(new Set(queues).size).toBe(new Set(all).size);
    for (const queue of queues) {
      expect(queue).toMatch(/^sampan-site-[A-Za-z0-9._~-]+$/);
      expect(`${queue}:w:`.length).toBeLessThanOrEqual(47);
    }
  });

  it("is called as its site where that is short and of ASCII", () => {
    expect(siteQueue("shanghai-1")).toBe("sampan-site-shanghai-1");
    expect(siteQueue("上海")).toMatch(/^sampan-site-~[0-9a-f]{20}$/);
  });

  it.each(["", "-a", "~a", "a b", "a:b", "a\n", "a".repeat(65)])("is none for %j", (site) => {
    expect(() => siteQueue(site)).toThrow(/cannot be the name of a site/);
  });
});

describe("what a worker calls itself", () => {
  it("is its name where a connection keeps it whole", () => {
    expect(workerLabel("sampan-any", "host-4711")).toBe("host-4711");
  });

  it("tells workers apart whose names only end differently, in what PostgreSQL keeps of a connection's", () => {
    const queue = siteQueue("a".repeat(32));
    const host = "ip-10-0-0-1.cn-shanghai.compute.internal";
    const labels = [`${host}-1`, `${host}-2`, "工人-1", "工人-2", "a b"].map((name) =>
      workerLabel(queue, name),
    );
    expect(new Set(labels).size).toBe(5);
    for (const label of labels) {
      expect(`${queue}:w:${label}`).toMatch(/^[\x21-\x7e]{1,63}$/);
    }
  });
});
