import { join } from "node:path";
import { Migration } from "@sampan/sdk";
import { expect, it } from "vitest";
import { rememberedCall } from "../testing/fake-output.ts";
import { surroundingsOf } from "./call-surroundings.ts";

const plan = Migration.from("./web.vmdk").assess().plan();
const configured = { profile: { value: "ops", origin: "sampan.config.ts" } };

it("takes the account that a file of settings names, as a run does, where a real cloud is meant", () => {
  const of = (options: Readonly<Record<string, unknown>>) =>
    surroundingsOf(rememberedCall({ options, configured, cwd: "/work" }).call, {
      folder: "/plans",
      plan,
    });
  expect(of({ cloud: "alibaba" }).cloud).toMatchObject({
    kind: "alibaba",
    profile: { name: "ops", origin: "sampan.config.ts" },
  });
  expect(of({ cloud: "alibaba", profile: "dev" }).cloud.profile?.name).toBe("dev");
  expect(of({}).cloud.profile).toBeUndefined();
  expect(of({}).home).toBe(join("/plans", ".sampan"));
  expect(of({ home: "runs" }).home).toBe(join("/work", "runs"));
  expect(surroundingsOf(rememberedCall({ cwd: "/work" }).call).home).toBe(join("/work", ".sampan"));
});
