// Walks the ways of an image through the cloud with the published clients alone, as a customer's own script would: no part
// of Sampan is loaded here. Usage: node plain-clients.mjs ENDPOINT KEYS, KEYS being the JSON of two accounts. Prints one line
// of JSON per way.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const ecs = require("@alicloud/ecs20140526");
const { $OpenApiUtil } = require("@alicloud/openapi-core");
const OSS = require("ali-oss");

const [endpoint = "", keys = "[]"] = process.argv.slice(2);
const [first, second] = JSON.parse(keys);
const home = "cn-hangzhou";
const away = "cn-shanghai";

function client(region, account) {
  const { accessKeyId, accessKeySecret } = account;
  const config = { accessKeyId, accessKeySecret, regionId: region, protocol: "http", readTimeout: 30_000 };
  return new ecs.default(new $OpenApiUtil.Config({ ...config, endpoint: new URL(endpoint).host }));
}

const requestOf = (action, fields) => new ecs[`${action[0].toUpperCase()}${action.slice(1)}Request`](fields);

/** Calls an action of ECS and gives the body of its answer. */
async function call(action, fields, account = first, region = fields.regionId ?? home) {
  const { body } = await client(region, account)[action](requestOf(action, fields));
  return body;
}

/** Asks until an answer is as it should be; the simulator's time runs fast. */
async function until(ask, isDone) {
  for (let tries = 0; tries < 200; tries++) {
    const answer = await ask();
    if (isDone(answer)) return answer;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error("it never became as it should be");
}

async function imageReady(imageId, region, account = first) {
  const status = "Creating,Waiting,Available,UnAvailable,CreateFailed,Deprecated";
  const body = await until(
    () => call("describeImages", { regionId: region, imageId, status }, account),
    ({ images }) => images.image[0]?.status === "Available" || images.image[0]?.status === "CreateFailed",
  );
  const [image] = body.images.image;
  if (image.status !== "Available") throw new Error(`the image ${imageId} is ${image.status}`);
  return image;
}

async function place(region, account = first) {
  const { VSwitches, vSwitches = VSwitches } = await call("describeVSwitches", { regionId: region }, account);
  const { securityGroups } = await call("describeSecurityGroups", { regionId: region }, account);
  const [vSwitch] = vSwitches.vSwitch;
  return {
    vSwitchId: vSwitch.vSwitchId,
    zoneId: vSwitch.zoneId,
    vpcId: vSwitch.vpcId,
    securityGroupId: securityGroups.securityGroup[0].securityGroupId,
  };
}

async function launch(region, imageId, where, account = first) {
  const { vpcId: _, ...network } = where;
  const fields = { regionId: region, imageId, instanceType: "ecs.g7.large", ...network };
  const { instanceIdSets } = await call("runInstances", fields, account);
  const [instanceId] = instanceIdSets.instanceIdSet;
  const ids = JSON.stringify([instanceId]);
  const body = await until(
    () => call("describeInstances", { regionId: region, instanceIds: ids }, account),
    ({ instances }) => instances.instance[0]?.status === "Running",
  );
  return body.instances.instance[0];
}

/** A disk in a bucket becomes an image, and the image an instance. */
async function importDisk() {
  const { accessKeyId, accessKeySecret } = first;
  const where = { endpoint, sldEnable: true, region: `oss-${home}`, authorizationV4: true };
  const oss = new OSS({ ...where, accessKeyId, accessKeySecret, bucket: "plain-images" });
  await oss.putBucket("plain-images");
  await oss.put("web.raw", Buffer.alloc(1024 * 1024, 7));
  const { imageId } = await call("importImage", {
    regionId: home,
    imageName: "plain-web",
    diskDeviceMapping: [
      { OSSBucket: "plain-images", OSSObject: "web.raw", format: "RAW", diskImageSize: 20 },
    ],
  });
  await imageReady(imageId, home);
  const instance = await launch(home, imageId, await place(home));
  return { imageId, instance };
}

/** An image of an instance, as the whitepaper begins all three ways: snapshot first, then the image made of it. */
async function imageOf(instance, name) {
  const disks = await call("describeDisks", { regionId: home, instanceId: instance.instanceId });
  const { snapshotId } = await call("createSnapshot", {
    diskId: disks.disks.disk[0].diskId,
    snapshotName: `of-${name}`,
  });
  await until(
    () => call("describeSnapshots", { regionId: home, snapshotIds: JSON.stringify([snapshotId]) }),
    ({ snapshots }) => snapshots.snapshot[0]?.status === "accomplished",
  );
  const { imageId } = await call("createImage", { regionId: home, snapshotId, imageName: name });
  await imageReady(imageId, home);
  return imageId;
}

async function otherVpc(imageId) {
  const { vpcId } = await call("createVpc", { regionId: home, cidrBlock: "10.0.0.0/8", vpcName: "vpc-b" });
  const { zoneId } = await place(home);
  const { vSwitchId } = await call("createVSwitch", {
    regionId: home,
    vpcId,
    zoneId,
    cidrBlock: "10.1.0.0/16",
  });
  const { securityGroupId } = await call("createSecurityGroup", { regionId: home, vpcId });
  const instance = await launch(home, imageId, { vSwitchId, zoneId, vpcId, securityGroupId });
  return { vpcId, instance };
}

async function otherRegion(imageId) {
  const fields = { regionId: home, imageId, destinationRegionId: away, destinationImageName: "plain-copy" };
  const copy = await call("copyImage", fields);
  await imageReady(copy.imageId, away);
  return { instance: await launch(away, copy.imageId, await place(away)) };
}

async function otherAccount(imageId) {
  await call("modifyImageSharePermission", { regionId: home, imageId, addAccount: [second.accountId] });
  const image = await imageReady(imageId, home, second);
  return {
    alias: image.imageOwnerAlias,
    instance: await launch(home, imageId, await place(home, second), second),
  };
}

const say = (way, { instance, ...more }) => {
  const { instanceId, regionId, imageId, vpcAttributes } = instance;
  const line = { way, instanceId, regionId, imageId, vpcId: vpcAttributes.vpcId, ...more };
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

const imported = await importDisk();
say("import", imported);
const imageId = await imageOf(imported.instance, "plain-golden");
say("other VPC", await otherVpc(imageId));
say("other region", await otherRegion(imageId));
say("other account", await otherAccount(imageId));
