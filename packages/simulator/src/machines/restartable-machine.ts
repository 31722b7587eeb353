import type { Machine } from "./machine.ts";
import type { QemuMachine } from "./qemu-machine.ts";

/**
 * Makes one machine of the processes that run it: when the accelerator fails the guest, which may show only once it runs,
 * `onBroken` is told and the machine is started again, as after a reset.
 */
export async function restartableMachine(
  start: () => Promise<QemuMachine>,
  onBroken: () => void,
): Promise<Machine> {
  let current = await start();
  let stopping = false;
  const ports = new Map(current.ports);

  const run = async (): Promise<{ readonly failed: string | null }> => {
    for (let restarts = 0; ; restarts++) {
      const broken = current.broken.then(() => "broken" as const);
      const outcome = await Promise.race([current.ended, broken]);
      if (outcome !== "broken") return outcome;
      await current.stop(true);
      if (stopping) return { failed: null };
      if (restarts > 0) return { failed: "the guest cannot be run by this machine's processor" };
      onBroken();
      try {
        current = await start();
      } catch (error) {
        return { failed: (error as Error).message };
      }
      for (const [guest, host] of current.ports) ports.set(guest, host);
      if (stopping) await current.stop(true);
    }
  };
  const ended = run();
  return {
    ports,
    ended,
    console: () => current.console(),
    screenshot: () => current.screenshot(),
    async stop(force) {
      stopping = true;
      await current.stop(force);
      await ended;
    },
  };
}
