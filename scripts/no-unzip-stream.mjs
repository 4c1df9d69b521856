/**
 * Stands for unzip-stream in the bundle. GitHub's artifact client imports it to unpack downloads, which it is never asked
 * for: archives of others are read by src/base/zip.ts, which bounds them. With it would come three packages without a
 * licence text, one of them without any licence.
 */
// biome-ignore lint/style/noDefaultExport: the client imports it so
export default {
  Extract() {
    throw new Error("archives are not unpacked here");
  },
};
