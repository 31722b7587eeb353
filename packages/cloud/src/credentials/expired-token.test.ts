import { isSampanError, Secret } from "@sampan/core";
import { Simulator } from "@sampan/simulator";
import { afterEach, expect, it } from "vitest";
import { connectAlibabaCloud } from "../alibaba-cloud.ts";
import { type CloudCredentials, staticCredentials } from "./credentials.ts";
import { RefreshingCredentials } from "./refreshing.ts";

let close = async () => {};
afterEach(() => close());

async function simulated() {
  const simulator = await Simulator.start({ switches: { importRole: "ready" } });
  close = () => simulator.stop();
  const issued: CloudCredentials[] = [];
  const issue = async (): Promise<CloudCredentials> => {
    const session = await simulator.issueSession();
    const key = {
      accessKeyId: session.accessKeyId,
      accessKeySecret: new Secret(session.accessKeySecret),
      securityToken: new Secret(session.securityToken),
      expiresAt: session.expiresAtMs,
    };
    issued.push(key);
    return key;
  };
  return { simulator, issued, issue, endpoints: { simulator: simulator.endpoint } };
}

it("a token that the cloud ends early is renewed once, and the call made again, in OSS, ECS and RAM", async () => {
  const { simulator, issued, issue, endpoints } = await simulated();
  const credentials = new RefreshingCredentials({ description: "sessions of the simulator", fetch: issue });
  const cloud = connectAlibabaCloud({ endpoints, credentials });
  const store = cloud.objects("cn-hangzhou");
  const expireNext = (times = 1) => simulator.faults.add({ effect: { kind: "expireToken" }, times });

  expireNext();
  await store.createBucket("renewed");
  expect(issued).toHaveLength(2);
  expireNext(3);
  const crowd = Array.from({ length: 16 }, (_, at) => store.headObject({ bucket: "renewed", key: `${at}` }));
  expect(await Promise.all(crowd)).toEqual(Array.from({ length: 16 }, () => undefined));
  expect(issued).toHaveLength(3);
  expireNext();
  expect((await cloud.images.listRegions()).length).toBeGreaterThan(0);
  expect(issued).toHaveLength(4);
  expireNext();
  expect((await cloud.access.describeImportRole()).state).toBe("ready");
  expect(issued).toHaveLength(5);
  await cloud.close();
});

it("a token of one's own that has ended is refused as it is, and shows nowhere", async () => {
  const { simulator, issue, endpoints } = await simulated();
  const key = await issue();
  simulator.faults.add({ effect: { kind: "expireToken" }, times: null });
  const cloud = connectAlibabaCloud({ endpoints, credentials: staticCredentials(key) });
  const failed = [
    await cloud
      .objects("cn-hangzhou")
      .createBucket("ended")
      .catch((error: unknown) => error),
    await cloud.images.listRegions().catch((error: unknown) => error),
  ];
  for (const error of failed) {
    expect(isSampanError(error, "CLOUD_CREDENTIALS_REFUSED"), String(error)).toBe(true);
    expect(error).toMatchObject({ retryable: false });
    expect(JSON.stringify([error, String(error)])).not.toContain(key.securityToken?.reveal());
  }
  await cloud.close();
});
