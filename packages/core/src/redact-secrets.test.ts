import { describe, expect, it } from "vitest";
import { maskSecrets, redactSecrets, secretsIn } from "./redact-secrets.ts";

describe("secrets in what was typed", () => {
  it.each([
    ['f("LTAI5tAbcdefghijklmn")', 'f("******")'],
    ["STS.NUgYrLnoC37mZZCNnAbcdef", "******"],
    ['key("AbCdEfGhIjKlMnOpQrStUvWxYz0123")', 'key("******")'],
    ["ssh://root:hunter2@web-01/x", "ssh://root:******@web-01/x"],
    ["redis://u:p@ssw0rd@h:6379/0", "redis://u:******@h:6379/0"],
    ["redis://:p#a?sw0rd@h:6379", "redis://:******@h:6379"],
    ["redis://u:pw,x@h:1,other@x", "redis://u:******@h:1,other@x"],
    ["https://h/d.vhd?sv=1&sig=Sas%2BSecret&x=1", "https://h/d.vhd?sv=1&sig=******&x=1"],
    ["CAISabc%2Bdefghijklmnopqrst%2F", "******"],
    ["https://u:p%40w@h.example/a?b=1", "https://u:******@h.example/a?b=1"],
    [
      "https://b.oss/a?OSSAccessKeyId=x&Signature=abc%3D&x=1",
      "https://b.oss/a?OSSAccessKeyId=x&Signature=******&x=1",
    ],
    ['const password = "pw"; f(password)', 'const password = "******"; f(password)'],
    [
      "{ accessKeySecret: 'a\\'b', region: 'cn-hangzhou' }",
      "{ accessKeySecret: '******', region: 'cn-hangzhou' }",
    ],
    ['{ "securityToken": "abc" }', '{ "securityToken": "******" }'],
    ["const token: string = `a\nb`", "const token: string = `******`"],
    ['{ passwordFrom: "asked" }', '{ passwordFrom: "******" }'],
    ['{ password: "ask" }', '{ password: "******" }'],
    ['new Secret("pw")', 'new Secret("******")'],
    ["-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nx", "******\nx"],
    ["-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl", "******"],
    ["ALICLOUD_SECRET_KEY=abc DB_PASSWORD=x sampan", "ALICLOUD_SECRET_KEY=****** DB_PASSWORD=****** sampan"],
    ["Authorization: Bearer abcdefgh.ijk", "Authorization: Bearer ******"],
    ["ghp_abcdefghijklmnopqrstuvwxyz0123456789", "******"],
    ["eyJhbGciOiJI.eyJzdWIiOiIx.c2ln", "******"],
  ])("go: %j", (text, without) => {
    expect(redactSecrets(text)).toBe(without);
  });

  it("are stars, and everything else stays where it is, in a text that is shown", () => {
    expect(maskSecrets('const password = "pw\n1"; f("x")')).toBe('const password = "**\n*"; f("x")');
    expect(maskSecrets("ssh://root:hunter2@web-01/x")).toBe("ssh://root:*******@web-01/x");
    expect(maskSecrets('new Secret("pw')).toBe('new Secret("**');
    expect(maskSecrets('password = "')).toBe('password = "');
  });

  it("are looked for in one go through a text of nothing but their names", () => {
    const text = "SECRET".repeat(200_000);
    expect(redactSecrets(text)).toBe(text);
  });

  it.each([
    'Migration.from("ssh://root@web-01").assess()',
    'Migration.from({ kind: "ssh", host: "a", passwordFrom: { env: "WEB_PASSWORD" } })',
    'Migration.from({ kind: "winrm", host: "a", passwordFrom: "ask" })',
    "{ 'passwordFrom' : 'ask', x: 1 }",
    'images("cn-hangzhou")',
    'const name = "web-01-disk-with-a-rather-long-name"',
    "a ? b : c",
    'runs().find((run) => run.runId === "20261123-094205-k3f8p")',
  ])("are not seen where there are none: %s", (text) => {
    expect(redactSecrets(text)).toBe(text);
  });

  it("are known by the environment that holds them, wherever they stand", () => {
    const env = {
      DB_PASSWORD: "plain words",
      HOME: "/home/me",
      SHORT_TOKEN: "ab",
      STORE: "redis://ann:sesame%20street@h",
      LOCAL_STORE: "postgres://postgres:postgres@h",
    };
    expect(secretsIn(env)).toEqual(["plain words", "sesame%20street", "sesame street"]);
    expect(redactSecrets('login("plain words"); cd("/home/me"); ab', secretsIn(env))).toBe(
      'login("******"); cd("/home/me"); ab',
    );
  });
});
