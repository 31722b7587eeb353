// Inspects the disks whose paths it is given, one after the other, and prints a line of JSON for each: what it ended in
// and how long that took.
import { assessDisk, inspectDisk, readUsedMap } from "@sampan/guest";
import { openDiskImage } from "@sampan/image";

async function inspect(path) {
  const image = await openDiskImage(path);
  try {
    const { source } = image;
    const inspection = await inspectDisk(source);
    await readUsedMap(source, inspection.layout);
    assessDisk({ inspection, disk: { sizeBytes: source.sizeBytes, system: true }, diskCount: 1 });
    return { guest: inspection.guest?.name ?? null };
  } finally {
    await image.source.close();
  }
}

for (const path of process.argv.slice(2)) {
  const start = performance.now();
  const outcome = await inspect(path).catch((error) => ({ code: error.code ?? `${error.stack}` }));
  console.log(JSON.stringify({ path, ...outcome, ms: performance.now() - start }));
}
