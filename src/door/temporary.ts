type Environment = Readonly<Record<string, string | undefined>>;

/** The job's temporary directory; the machine's outside of one. */
export function jobTemporary(env: Environment): string {
  return env.RUNNER_TEMP || machineTemporary(env);
}

/** The machine's temporary directory: what lies there outlives a job. */
export function machineTemporary(env: Environment): string {
  return env.TMPDIR || env.TEMP || "/tmp";
}
