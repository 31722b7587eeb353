import { describe, expect, it } from "vitest";
import { openHost } from "./open-host.ts";

describe("opening a host", () => {
  it("of Windows wants a password, and says how one is given", async () => {
    const opening = openHost({ kind: "winrm", host: "files-01", user: "admin" });
    await expect(opening).rejects.toMatchObject({
      code: "HOST_PASSWORD_MISSING",
      hint: expect.stringContaining("--password-from env:NAME"),
    });
  });

  it("looks for a password before anything is reached", async () => {
    const passwordFrom = { env: "NO_SUCH_PASSWORD" };
    for (const source of [
      { kind: "ssh", host: "203.0.113.1", passwordFrom },
      { kind: "winrm", host: "203.0.113.1", user: "admin", passwordFrom },
      { kind: "image-url", url: "https://203.0.113.1/a.vmdk", user: "admin", passwordFrom },
    ] as const) {
      const opening = openHost(source, { env: {} });
      await expect(opening, source.kind).rejects.toMatchObject({ code: "HOST_PASSWORD_MISSING" });
    }
  });

  it("refuses to read an instance of ECS, whose disks stay in the cloud", async () => {
    const opening = openHost({ kind: "ecs", region: "cn-hangzhou", instanceId: "i-1" });
    await expect(opening).rejects.toMatchObject({ code: "HOST_KIND_UNSUPPORTED" });
  });
});
