// biome-ignore-all lint/suspicious/noTemplateCurlyInString: OSS writes its variables that way.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Simulator } from "../simulator.ts";
import { type RawRequest, send, sendOss } from "../testing/raw-client.ts";
import { v1Signature } from "./auth/v1.ts";

const bucket = "objects";
let simulator: Simulator;

beforeAll(async () => {
  simulator = await Simulator.start();
  await call({ method: "PUT" });
});

afterAll(() => simulator?.stop());

const call = (raw: Omit<RawRequest, "bucket">) => sendOss(simulator, { bucket, ...raw });

describe("appending", () => {
  const append = (key: string, position: string, body: string) =>
    call({ method: "POST", key, query: { append: "", position }, body });

  it("goes on where the object ends, with the checksum of the whole", async () => {
    expect((await append("log", "0", "1234")).headers["x-oss-next-append-position"]).toBe("4");
    const { headers } = await append("log", "4", "56789");
    expect(headers).toMatchObject({
      "x-oss-next-append-position": "9",
      "x-oss-hash-crc64ecma": "11051210869376104954",
    });
    const read = await call({ method: "GET", key: "log" });
    expect([read.body.toString(), read.headers["x-oss-object-type"]]).toEqual(["123456789", "Appendable"]);
  });

  it("is refused elsewhere, tells where the end is, and leaves no byte behind", async () => {
    const before = (await simulator.state()).storedBytes;
    const refused = await append("log", "4", "again");
    expect(refused).toMatchObject({ status: 409, code: "PositionNotEqualToLength" });
    expect(refused.headers["x-oss-next-append-position"]).toBe("9");
    expect((await append("none", "3", "x")).code).toBe("PositionNotEqualToLength");
    expect((await append("none", "-1", "x")).code).toBe("InvalidArgument");
    await call({ method: "PUT", key: "whole", body: "x" });
    expect((await append("whole", "1", "x")).code).toBe("ObjectNotAppendable");
    await call({ method: "DELETE", key: "whole" });
    expect((await simulator.state()).storedBytes).toBe(before);
  });

  it("lets only one of several take a place", async () => {
    const answers = await Promise.all(["a", "b", "c"].map((text) => append("race", "0", text.repeat(5))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect((await call({ method: "HEAD", key: "race" })).headers["content-length"]).toBe("5");
  });
});

describe("symbolic links", () => {
  const link = (key: string, target: string) =>
    call({ method: "PUT", key, query: { symlink: "" }, headers: { "x-oss-symlink-target": target } });

  it("read as what they stand for, under their own metadata", async () => {
    await call({ method: "PUT", key: "target ü", body: "bytes", headers: { "x-oss-meta-of": "target" } });
    await link("link", encodeURIComponent("target ü"));
    const read = await call({ method: "GET", key: "link" });
    expect(read.body.toString()).toBe("bytes");
    expect(read.headers["x-oss-object-type"]).toBe("Symlink");
    const told = await call({ method: "GET", key: "link", query: { symlink: "" } });
    expect(told.headers["x-oss-symlink-target"]).toBe(encodeURIComponent("target ü"));
  });

  it("may point nowhere, but not to each other", async () => {
    await link("dangling", "nothing");
    expect(await call({ method: "GET", key: "dangling" })).toMatchObject({
      status: 404,
      code: "NoSuchSymLinkTarget",
    });
    await link("second", "link");
    expect((await call({ method: "GET", key: "second" })).code).toBe("InvalidTargetType");
    expect((await call({ method: "GET", key: "target ü", query: { symlink: "" } })).code).toBe("NotSymlink");
    expect((await link("bad", "%zz")).code).toBe("InvalidArgument");
  });
});

describe("tags", () => {
  it("come with a put, stay with a copy, and are replaced when asked", async () => {
    const headers = { "x-oss-tagging": "a=1&b=x%20y" };
    expect((await call({ method: "PUT", key: "t", body: "x", headers })).status).toBe(200);
    expect((await call({ method: "HEAD", key: "t" })).headers["x-oss-tagging-count"]).toBe("2");
    const copy = (extra: Record<string, string>) =>
      call({ method: "PUT", key: "t2", headers: { "x-oss-copy-source": `/${bucket}/t`, ...extra } });
    const tags = async () =>
      (await call({ method: "GET", key: "t2", query: { tagging: "" } })).body.toString();
    await copy({});
    expect(await tags()).toContain("<Tag><Key>b</Key><Value>x y</Value></Tag>");
    await copy({ "x-oss-tagging-directive": "REPLACE", "x-oss-tagging": "c=3" });
    expect(await tags()).toContain("<TagSet><Tag><Key>c</Key><Value>3</Value></Tag></TagSet>");
    expect((await copy({ "x-oss-tagging-directive": "MERGE" })).code).toBe("InvalidArgument");
  });

  it.each([
    ["eleven", Array.from({ length: 11 }, (_, index) => `k${index}=v`).join("&")],
    ["one key twice", "a=1&a=2"],
    ["a long key", `${"k".repeat(129)}=v`],
    ["a long value", `k=${"v".repeat(257)}`],
    ["a character that is not allowed", "a%3Cb=1"],
    ["a broken encoding", "a=%zz"],
  ])("are refused when there is %s", async (_title, tagging) => {
    const answer = await call({
      method: "PUT",
      key: "bad",
      body: "x",
      headers: { "x-oss-tagging": tagging },
    });
    expect(answer).toMatchObject({ status: 400, code: "InvalidTag" });
  });
});

it("archived objects thaw in simulated time, and freeze again", async () => {
  const headers = { "x-oss-storage-class": "ColdArchive" };
  await call({ method: "PUT", key: "cold", body: "bytes", headers });
  const restore = (tier: string, days = 1) =>
    call({
      method: "POST",
      key: "cold",
      query: { restore: "" },
      body: `<RestoreRequest><Days>${days}</Days><JobParameters><Tier>${tier}</Tier></JobParameters></RestoreRequest>`,
    });
  expect(await call({ method: "GET", key: "cold" })).toMatchObject({
    status: 403,
    code: "InvalidObjectState",
  });
  expect((await restore("Fast")).code).toBe("MalformedXML");
  expect((await restore("Expedited")).status).toBe(202);
  expect(await restore("Expedited")).toMatchObject({ status: 409, code: "RestoreAlreadyInProgress" });
  expect((await call({ method: "HEAD", key: "cold" })).headers["x-oss-restore"]).toBe(
    'ongoing-request="true"',
  );
  simulator.clock.advance(3_600_000);
  expect((await call({ method: "GET", key: "cold" })).body.toString()).toBe("bytes");
  expect((await call({ method: "HEAD", key: "cold" })).headers["x-oss-restore"]).toMatch(
    /^ongoing-request="false", /,
  );
  expect((await restore("Bulk", 2)).status).toBe(200);
  simulator.clock.advance(2 * 86_400_000);
  expect((await call({ method: "GET", key: "cold" })).code).toBe("InvalidObjectState");
});

it("traffic limits slow a call down and must be in range", async () => {
  const body = "x".repeat(50_000);
  const limited = { "x-oss-traffic-limit": "819200" };
  const startedMs = performance.now();
  expect((await call({ method: "PUT", key: "slow", body, headers: limited })).status).toBe(200);
  expect((await call({ method: "GET", key: "slow", headers: limited })).body.toString()).toBe(body);
  expect(performance.now() - startedMs).toBeGreaterThan(900);
  const tooLow = await call({ method: "GET", key: "slow", query: { "x-oss-traffic-limit": "1000" } });
  expect(tooLow.code).toBe("InvalidArgument");
});

describe("forms", () => {
  function post(fields: Record<string, string>, file: string | undefined) {
    const boundary = "----sampan";
    const parts = Object.entries(fields).map(
      ([name, value]) =>
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    if (file !== undefined) {
      const head = 'Content-Disposition: form-data; name="file"; filename="a b.txt"\r\nContent-Type: text/x';
      parts.push(`--${boundary}\r\n${head}\r\n\r\n${file}\r\n`);
    }
    const headers = { "content-type": `multipart/form-data; boundary=${boundary}` };
    return send(simulator.port, "POST", `/${bucket}/`, headers, `${parts.join("")}--${boundary}--\r\n`);
  }

  function signed(conditions: readonly unknown[], inMs = 60_000): Record<string, string> {
    const { accessKeyId, accessKeySecret } = simulator.credentials;
    const expiration = new Date(Date.now() + inMs).toISOString();
    const policy = Buffer.from(JSON.stringify({ expiration, conditions })).toString("base64");
    return { OSSAccessKeyId: accessKeyId, policy, Signature: v1Signature(accessKeySecret, policy) };
  }

  it("store their file, named after it where the key says so", async () => {
    const fields = { ...signed([{ bucket }, ["starts-with", "$key", "in/"]]), key: "in/${filename}" };
    const extra = { "x-oss-meta-who": "ü", success_action_status: "201", "x-oss-tagging": "a=1" };
    const answer = await post({ ...fields, ...extra }, "--not\r\n--a boundary");
    expect(answer.status).toBe(201);
    expect(answer.body.toString()).toContain("<Key>in/a b.txt</Key>");
    const read = await call({ method: "GET", key: "in/a b.txt" });
    expect(read.body.toString()).toBe("--not\r\n--a boundary");
    expect(Buffer.from(read.headers["x-oss-meta-who"] ?? "", "latin1").toString()).toBe("ü");
    expect(read.headers).toMatchObject({ "content-type": "text/x", "x-oss-tagging-count": "1" });
  });

  it("are redirected where they want", async () => {
    const fields = { ...signed([]), key: "r", success_action_redirect: "http://localhost/done?x=1" };
    const answer = await post(fields, "x");
    expect([answer.status, answer.headers.location]).toEqual([
      303,
      expect.stringMatching(/^http:\/\/localhost\/done\?x=1&bucket=objects&key=r&etag=/),
    ]);
  });

  it.each([
    ["its policy has expired", () => signed([], -1000), "x", "AccessDenied"],
    ["a condition fails", () => signed([["eq", "$key", "other"]]), "x", "AccessDenied"],
    ["the file is too long", () => signed([["content-length-range", 1, 3]]), "1234", "EntityTooLarge"],
    ["the file is too short", () => signed([["content-length-range", 2, 3]]), "1", "EntityTooSmall"],
    ["a condition is of no known kind", () => signed([["like", "$key", "x"]]), "x", "InvalidPolicyDocument"],
    ["its signature is wrong", () => ({ ...signed([]), Signature: "AA==" }), "x", "SignatureDoesNotMatch"],
    ["nobody signed it", () => ({}), "x", "AccessDenied"],
    ["it has no file", () => signed([]), undefined, "IncorrectNumberOfFilesInPOSTRequest"],
  ])("are refused when %s", async (_title, fields, file, code) => {
    expect((await post({ ...(fields() as Record<string, string>), key: "refused" }, file)).code).toBe(code);
    expect((await call({ method: "HEAD", key: "refused" })).status).toBe(404);
  });

  it("are refused when they end too early or are no form", async () => {
    const headers = { "content-type": "multipart/form-data; boundary=x" };
    const cut = await send(
      simulator.port,
      "POST",
      `/${bucket}/`,
      headers,
      "--x\r\nContent-Disposition: form-data",
    );
    expect(cut.code).toBe("MalformedPOSTRequest");
    const other = await send(simulator.port, "POST", `/${bucket}/`, { "content-type": "text/plain" }, "x");
    expect(other.code).toBe("InvalidArgument");
  });
});

describe("callbacks", () => {
  let server: Server;
  let heard: { readonly type: string | undefined; readonly body: string }[] = [];
  let status = 200;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (piece) => {
        body += piece;
      });
      request.on("end", () => {
        heard.push({ type: request.headers["content-type"], body });
        response.writeHead(status, { "content-type": "application/json" }).end('{"Status":"OK"}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  afterAll(() => server.close());

  function headers(callback: object, variables?: object): Record<string, string> {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64");
    const port = (server.address() as AddressInfo).port;
    const url = `http://127.0.0.1:${port}/done`;
    return {
      "x-oss-callback": encode({ callbackUrl: url, ...callback }),
      ...(variables ? { "x-oss-callback-var": encode(variables) } : {}),
    };
  }

  it("tell the server what was stored and answer what it says", async () => {
    heard = [];
    const form = headers(
      { callbackBody: "bucket=${bucket}&object=${object}&size=${size}&v=${x:v}&none=${x:none}" },
      { "x:v": "a&b" },
    );
    const answer = await call({ method: "PUT", key: "told ü", body: "12345", headers: form });
    expect([answer.status, answer.body.toString()]).toEqual([200, '{"Status":"OK"}']);
    const object = encodeURIComponent("told ü");
    expect(heard).toEqual([
      {
        type: "application/x-www-form-urlencoded",
        body: `bucket=objects&object=${object}&size=5&v=a%26b&none=`,
      },
    ]);
    const json = headers({
      callbackBody: '{"o":${object},"s":${size}}',
      callbackBodyType: "application/json",
    });
    await call({ method: "PUT", key: 'q"', body: "1", headers: json });
    expect(JSON.parse(heard[1]?.body ?? "")).toEqual({ o: 'q"', s: 1 });
  });

  it("that fail answer 203, and the object stays", async () => {
    status = 500;
    const failing = await call({
      method: "PUT",
      key: "kept",
      body: "x",
      headers: headers({ callbackBody: "a=b" }),
    });
    status = 200;
    expect(failing).toMatchObject({ status: 203, code: "CallbackFailed" });
    expect((await call({ method: "HEAD", key: "kept" })).status).toBe(200);
  });

  it("never leave the machine, and must be readable", async () => {
    const away = headers({ callbackUrl: "http://example.com/x", callbackBody: "a=b" });
    expect(await call({ method: "PUT", key: "away", body: "x", headers: away })).toMatchObject({
      status: 203,
      code: "CallbackFailed",
    });
    const broken = { "x-oss-callback": "no json" };
    expect((await call({ method: "PUT", key: "broken", body: "x", headers: broken })).code).toBe(
      "InvalidArgument",
    );
  });
});

it("live channels are kept, listed and switched off", async () => {
  const body =
    "<LiveChannelConfiguration><Description>d</Description><Target><Type>HLS</Type></Target></LiveChannelConfiguration>";
  const made = await call({ method: "PUT", key: "channel", query: { live: "" }, body });
  expect(made.body.toString()).toContain("<PublishUrls><Url>rtmp://");
  await call({ method: "PUT", key: "channel", query: { live: "", status: "disabled" } });
  const stat = await call({ method: "GET", key: "channel", query: { live: "", comp: "stat" } });
  expect(stat.body.toString()).toContain("<Status>Disabled</Status>");
  expect((await call({ method: "GET", query: { live: "" } })).body.toString()).toContain(
    "<Name>channel</Name>",
  );
  await call({ method: "DELETE", key: "channel", query: { live: "" } });
  expect((await call({ method: "GET", key: "channel", query: { live: "" } })).code).toBe("NoSuchLiveChannel");
});

it("a body may come with both a length and chunks, as ali-oss sends some streams", async () => {
  const headers = { "content-length": "4", "transfer-encoding": "chunked" };
  const answer = await call({ method: "PUT", key: "both", body: "1234", headers });
  expect(answer.status).toBe(200);
  expect((await call({ method: "GET", key: "both" })).body.toString()).toBe("1234");
});
