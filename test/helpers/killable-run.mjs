// A process that runs one plan and may be killed: at a record of its journal, by itself, or by whoever started it. It loads what it
// needs, says "ready" and waits for what to do, so that a test can have the next one ready while it looks at the last.
import { createEmbeddedRunner } from "@sampan/sdk";

/** A clock that jumps over every wait and takes the simulator's along. */
function jumpingClock(endpoint, startMs) {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    monotonic: () => nowMs,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      nowMs += ms;
      const body = JSON.stringify({ advanceMs: Math.ceil(ms) });
      const headers = { "content-type": "application/json" };
      await fetch(`${endpoint}/_sampan/clock`, { method: "POST", headers, body });
    },
  };
}

process.once("message", async ({ home, endpoint, through, plan, runId, startMs, killAt, keepCompiled }) => {
  const runner = createEmbeddedRunner({
    home,
    cloud: { kind: "simulator", endpoint: through ?? endpoint },
    clock: jumpingClock(endpoint, startMs),
    random: () => 0.5,
  });
  const handle = runner.start(plan, { runId });
  handle.events.subscribe((event) => {
    // It is on disk, and nothing has happened because of it yet.
    if (event.seq >= killAt && event.type !== "stage.progress") process.kill(process.pid, "SIGKILL");
  });
  const ended = await handle.result.then(
    (result) => ({ result }),
    (error) => ({ error: { code: error.code, message: error.message } }),
  );
  // Given by load-bundle.mjs.
  if (keepCompiled) saveCompiled();
  process.send(ended, () => process.exit(0));
});
process.send("ready");
