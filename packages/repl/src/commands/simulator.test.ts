import { expect, it } from "vitest";
import { rememberedCall } from "../testing/fake-output.ts";
import { run } from "./simulator.ts";

it("gives the signals back when it has stopped, so that the shell's next Ctrl+C is not its second one", async () => {
  const before = process.listeners("SIGINT");
  const { call, stdout } = rememberedCall({ json: true });
  const ended = run(call);
  await expect.poll(() => stdout.text).toContain('"endpoint"');
  const own = process.listeners("SIGINT").filter((listener) => !before.includes(listener));
  expect(own).toHaveLength(1);
  own[0]?.("SIGINT");
  expect(await ended).toBe(0);
  expect(process.listeners("SIGINT")).toEqual(before);
});
