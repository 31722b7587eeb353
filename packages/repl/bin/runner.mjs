#!/usr/bin/env node
// What `sampan run --detach` starts: it gets what to run from the process that started it, and goes on without it.
import { runDetached } from "../dist/main.js";

await runDetached();
