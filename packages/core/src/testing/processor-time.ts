/**
 * The processor time that this process has taken, in milliseconds, every thread of it. Tests that hold hostile input to a bound measure with it:
 * a clock would fail them whenever the machine has other work. What waits for ever is ended by the time limit of the test.
 */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
