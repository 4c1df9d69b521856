/**
 * Stands for browserslist in the bundle. Babel imports it to look up browsers by query, which a compiler told to ignore
 * such queries never does; the tables of all browsers would be a thirtieth of dist.
 */
// biome-ignore lint/style/noDefaultExport: Babel imports it so
export default function browserslist() {
  throw new Error("browsers are not looked up here");
}
