import { createRequire as __createRequire } from "node:module";import { fileURLToPath as __fileURLToPath } from "node:url";import { dirname as __dirnameOf } from "node:path";const require = __createRequire(import.meta.url);const __bundledFile = __fileURLToPath(import.meta.url);const __bundledFolder = __dirnameOf(__bundledFile);
var version="0.1.0";export{version};
