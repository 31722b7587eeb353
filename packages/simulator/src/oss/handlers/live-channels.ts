import { readWholeBody } from "../../http/body.ts";
import {
  integerOf,
  invalidArgument,
  type OssCall,
  type OssHandler,
  queryOf,
  requireBucket,
  xmlAnswer,
} from "../call.ts";
import { ossError } from "../errors.ts";
import type { LiveChannel } from "../records.ts";
import { type ParsedXml, readXml, type XmlChildren, xmlList, xmlText } from "../xml.ts";

const bodyLimitBytes = 64 * 1024;

/* Channels are kept and described; nothing listens for RTMP, so that all of them are idle and have no history. */

/** Makes a channel, or describes it anew. */
export const putLiveChannel: OssHandler = async (call) => {
  requireBucket(call, "own");
  const body = (await readWholeBody(call.incoming, bodyLimitBytes)).toString("utf8");
  const root = readXml(body, "LiveChannelConfiguration");
  const target = xmlList(root, "Target")[0] ?? "";
  const text = (parent: ParsedXml, name: string, absent: string) => xmlText(parent, name) ?? absent;
  const channel: LiveChannel = {
    name: call.key,
    description: text(root, "Description", ""),
    status: readStatus(text(root, "Status", "enabled")),
    type: text(target, "Type", "HLS"),
    fragDurationSeconds: number(text(target, "FragDuration", "5"), "FragDuration", 100),
    fragCount: number(text(target, "FragCount", "3"), "FragCount", 100),
    playlistName: text(target, "PlaylistName", "playlist.m3u8"),
    modifiedAtMs: call.world.clock.serviceNow(),
  };
  if (channel.type !== "HLS" || !channel.playlistName.endsWith(".m3u8")) throw ossError("MalformedXML");
  await changeChannels(call, (channels) => [...channels.filter(({ name }) => name !== call.key), channel]);
  return xmlAnswer("CreateLiveChannelResult", urls(call, channel));
};

/** Describes a channel, or with `comp=stat` and `comp=history` what it does and did. */
export const getLiveChannel: OssHandler = async (call) => {
  const channel = requireChannel(call);
  const about = queryOf(call, "comp") ?? "";
  if (about === "stat") {
    return xmlAnswer("LiveChannelStat", { Status: channel.status === "enabled" ? "Idle" : "Disabled" });
  }
  if (about === "history") return xmlAnswer("LiveChannelHistory", {});
  if (about !== "") throw invalidArgument("comp", about);
  return xmlAnswer("LiveChannelConfiguration", {
    Description: channel.description,
    Status: channel.status,
    Target: {
      Type: channel.type,
      FragDuration: channel.fragDurationSeconds,
      FragCount: channel.fragCount,
      PlaylistName: channel.playlistName,
    },
  });
};

/** Switches a channel on or off. */
export const putLiveChannelStatus: OssHandler = async (call) => {
  requireChannel(call);
  const status = readStatus(queryOf(call, "status") ?? "");
  await changeChannels(call, (channels) =>
    channels.map((channel) => (channel.name === call.key ? { ...channel, status } : channel)),
  );
  return { status: 200 };
};

/** Removes a channel; 204 also when there was none. */
export const deleteLiveChannel: OssHandler = async (call) => {
  await changeChannels(call, (channels) => channels.filter(({ name }) => name !== call.key));
  return { status: 204 };
};

/** The channels of a bucket. */
export const listLiveChannels: OssHandler = async (call) => {
  const bucket = requireBucket(call, "own");
  const prefix = queryOf(call, "prefix") ?? "";
  const marker = queryOf(call, "marker") ?? "";
  const limit = integerOf(call, "max-keys", { min: 1, max: 1000 }, 100);
  const matching = (bucket.liveChannels ?? [])
    .filter(({ name }) => name.startsWith(prefix) && name > marker)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const page = matching.slice(0, limit);
  const isTruncated = matching.length > page.length;
  return xmlAnswer("ListLiveChannelResult", {
    Prefix: prefix,
    Marker: marker,
    MaxKeys: limit,
    IsTruncated: isTruncated,
    NextMarker: isTruncated ? page.at(-1)?.name : undefined,
    LiveChannel: page.map((channel) => ({
      Name: channel.name,
      Description: channel.description,
      Status: channel.status,
      LastModified: new Date(channel.modifiedAtMs).toISOString(),
      ...urls(call, channel),
    })),
  });
};

function requireChannel(call: OssCall): LiveChannel {
  const channel = requireBucket(call, "own").liveChannels?.find(({ name }) => name === call.key);
  if (!channel) throw ossError("NoSuchLiveChannel", { elements: { Key: call.key } });
  return channel;
}

async function changeChannels(
  call: OssCall,
  change: (channels: readonly LiveChannel[]) => readonly LiveChannel[],
): Promise<void> {
  requireBucket(call, "own");
  await call.world.oss.changeBucket(call.bucketName, (bucket) => ({
    ...bucket,
    liveChannels: change(bucket.liveChannels ?? []),
  }));
}

function urls(call: OssCall, channel: LiveChannel): XmlChildren {
  const region = requireBucket(call, "own").region;
  const host = `${call.bucketName}.oss-${region}.aliyuncs.com`;
  return {
    PublishUrls: { Url: `rtmp://${host}/live/${channel.name}` },
    PlayUrls: { Url: `http://${host}/${channel.name}/${channel.playlistName}` },
  };
}

function readStatus(text: string): LiveChannel["status"] {
  if (text !== "enabled" && text !== "disabled") throw invalidArgument("Status", text);
  return text;
}

function number(text: string, name: string, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > max) throw invalidArgument(name, text);
  return value;
}
