import { serve } from "@sampan/language-server/server";

// The program that the editor starts beside its extension host: it analyses plans, and starts nothing itself.
serve({ version: process.env.SAMPAN_EXTENSION_VERSION ?? "0.0.0" });
