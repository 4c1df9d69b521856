import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../base/errors.ts";

export interface ArtifactUpload {
  /** As the workflow wants it called; what GitHub refuses in a name becomes a hyphen. */
  readonly name: string;
  /** The report directory; everything in it goes along, folders too, links not. */
  readonly directory: string;
  /** The repository's own setting if undefined. */
  readonly retentionDays: number | undefined;
  /** `GitHubContext.hasArtifactService`. */
  readonly available: boolean;
}

export type ArtifactOutcome =
  | { readonly kind: "uploaded"; readonly id: number | undefined; readonly bytes: number | undefined }
  /** Never a reason to fail. */
  | { readonly kind: "skipped" | "failed"; readonly notice: string };

/**
 * Uploads the report directory with GitHub's own client, which is loaded only here: it is the largest part of the
 * action, and most of it talks to a storage service. It needs no permission. Never throws.
 */
export async function uploadArtifact(upload: ArtifactUpload): Promise<ArtifactOutcome> {
  if (!upload.available) {
    const notice =
      "this platform has no artifact service: the report stays in report-dir (set upload-artifact: false to say so)";
    return { kind: "skipped", notice };
  }
  try {
    const entries = await readdir(upload.directory, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    if (files.length === 0) return { kind: "skipped", notice: "there is nothing in report-dir to upload" };
    const { DefaultArtifactClient } = await import("@actions/artifact");
    const { retentionDays } = upload;
    const options = retentionDays === undefined ? {} : { retentionDays };
    const name = artifactName(upload.name);
    const { id, size } = await new DefaultArtifactClient().uploadArtifact(
      name,
      files.sort(),
      upload.directory,
      options,
    );
    return { kind: "uploaded", id, bytes: size };
  } catch (error) {
    return { kind: "failed", notice: `could not upload the artifact ${upload.name}: ${messageOf(error)}` };
  }
}

/** GitHub refuses these in the name of an artifact: `" : < > | * ? \ /` and line ends. */
export function artifactName(name: string): string {
  return name.replaceAll(/["<>|*?:\\/\r\n]+/g, "-");
}
