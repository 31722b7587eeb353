import { fillMessage } from "@sampan/core";

/*
 * What a dry run and a simulation say besides their numbers. Each sentence has a key and the facts that stand in it, so that whoever shows
 * it can say it in another language; its English words go with it, for whoever reads the JSON. One row more for a sentence more: the
 * Chinese table of the `sampan` command does not compile without it.
 */

const guess = "an assumption; nothing is published";

/** The sentences by their keys, in English. */
export const fleetSentences = {
  "own-words": "{words}",
  "whose.whitepaper": "whitepaper, 5.1",
  "whose.own": "Sampan; the whitepaper names no other way",

  "advice.redeploy":
    "The line is busy for {sendingHours} h, more than {hoursPerSite} h: many large hosts behind a poor network. Set services up anew on ECS and synchronise their files; send images of hosts that nobody could set up again.",
  "advice.faster-line":
    "A line of {needed} would do it in {hoursPerSite} h: more bandwidth for that time, or a leased line (Express Connect).",
  "advice.offline":
    "{sentBytes} can travel on devices (the vendor's Data Transport, Lightning Cube) into the bucket. Sampan does not drive them: `sampan convert` writes the images, and what has arrived is imported by hand.",
  "advice.file-sync":
    "{names} would be at rest for more than {hoursPerHost} h. Send the system disk as an image, and let the data follow by file synchronisation; or cut over with `--refresh`, which sends only what changed.",
  "advice.file-sync-more":
    "{names} and {rest} more would be at rest for more than {hoursPerHost} h. Send the system disk as an image, and let the data follow by file synchronisation; or cut over with `--refresh`, which sends only what changed.",
  "advice.image":
    "The host is sent within {hoursPerSite} h, and at rest for no more than {hoursPerHost} h: images serve well.",
  "advice.images":
    "All hosts are sent within {hoursPerSite} h, and none is at rest for more than {hoursPerHost} h: images serve well.",

  "billed.objects": "{objects:object|objects} in bucket {bucket}, until they are deleted",
  "billed.requests": "requests to send the parts into bucket {bucket}",
  "billed.snapshots":
    "the snapshots behind {images:image|images} in {region}, until images and snapshots are deleted",
  "billed.copies": "{images:image|images} copied from {from} to {to}: traffic between regions",
  "billed.builders": "{instances:instance|instances} that Image Builder works on, while it does",
  "billed.launched": "{instances:instance|instances} with their disks, until they are deleted",

  "assumed.diskBytes":
    "disks of a host whose size the inventory does not know; the system disk ECS makes by itself",
  "assumed.siteBytesPerSecond": "line of a site whose bandwidth the policy does not say: 100 Mbit/s",
  "assumed.hostBytesPerSecond": "what one host alone can be read at: a gigabit port, less its overhead",
  "assumed.importBytesPerSecond": `what ECS imports of a disk, free space included; ${guess}`,
  "assumed.copyBytesPerSecond": `what ECS copies of an image between regions of the Chinese mainland; ${guess}`,
  "assumed.farCopyBytesPerSecond": `what ECS copies of an image between regions of which one is elsewhere; ${guess}`,
  "assumed.snapshotBytesPerSecond": `what ECS makes of an instance's snapshots and image; ${guess}`,
  "assumed.launchSeconds": "an instance until it runs, as the forecast of a single plan takes it",
  "assumed.verifySeconds": `a guest until it has proved itself; ${guess}`,
  "assumed.assessSeconds": `looking at a host and its guest; ${guess}, hosts differ`,
  "assumed.prepareSeconds": `fix-ups on the copy; ${guess}, hosts differ`,
  "assumed.prepareHostSeconds": `fix-ups on the machine; ${guess}, hosts differ`,
  "assumed.momentSeconds": `holding a moment of the disks, or letting go of it; ${guess}`,
  "assumed.layoutSeconds": `finding what of a disk is in use, and laying its image out; ${guess}`,
  "assumed.callSeconds": "a stage that only asks the cloud a few questions",
  "assumed.copiesAtOnce":
    "copies at the same time in a region; more wait in the cloud's queue (vendor's reference of CopyImage)",
  "assumed.importsAtOnce": `imports at the same time in a region; ${guess}`,

  "simulated.now": "now",
  "simulated.as-told": "as told",
  "simulated.none-fails": "none fails where nothing is said",
  "simulated.failures": "as told; which hosts fail and in which stage is drawn by seed {seed}",
  "simulated.policy": "the policy",

  "limits.bandwidth": "the line of {site} slowed uploads down",
  "limits.imports": "imports waited for others in {region}, {waiting} at the most",
  "limits.copies": "copies waited for others into {region}, {waiting} at the most",
  "limits.hosts-per-site": "as many hosts as may ran at {site}, and others waited",
  "limits.blackout": "hosts of {site} waited for the end of a blackout",
  "limits.hosts-at-once": "as many hosts as may ran in the fleet, and others waited",
  "limits.canaries": "hosts waited for the canaries of their wave",
} as const;

/** Key of a sentence. */
export type FleetSentenceKey = keyof typeof fleetSentences;

/** A sentence of a dry run or a simulation. Plain JSON. */
export interface FleetSentence {
  readonly key: FleetSentenceKey;
  /** What stands in it: numbers, names (foreign text, several as a list), and texts that are the same in every language. */
  readonly facts: Readonly<Record<string, string | number | readonly string[]>>;
  /** The sentence in English. */
  readonly text: string;
}

/** Says a sentence with its facts. */
export function sentence(key: FleetSentenceKey, facts: FleetSentence["facts"] = {}): FleetSentence {
  const values = Object.entries(facts).map(
    ([name, value]) => [name, typeof value === "object" ? value.join(", ") : value] as const,
  );
  return { key, facts, text: fillMessage(fleetSentences[key], Object.fromEntries(values)) };
}
