// Moves the disk images of a folder, three at once, by a program of your own. Run: npx jiti fleet.ts ./exports
//
// Rehearses unless SAMPAN_CLOUD=alibaba says otherwise. Prints a line for each image and ends with 1 when one failed.
import { readdir } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { Migration, runAll } from "sampan";

const folder = process.argv[2] ?? "./exports";
const images = (await readdir(folder)).filter((name) => /\.(vmdk|vhdx?|qcow2)$/.test(name)).sort();

const plans = images.map((image) =>
  Migration.from(join(folder, image))
    .assess()
    .prepare()
    .capture()
    .toVhd()
    .upload("fleet-images", { createBucket: true })
    .import({ name: `${basename(image, extname(image))}-${extname(image).slice(1)}`, createRole: true }),
);

const outcomes = await runAll(plans, { parallel: 3, bytesPerSecond: 25_000_000 });
for (const { title, state, error } of outcomes) {
  console.log(basename(title), error === null ? state : error.code);
}
if (outcomes.some(({ state }) => state !== "finished")) process.exitCode = 1;
