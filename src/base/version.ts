/** Set by the build; the sources run without it. */
declare const __SWARMGATE_VERSION__: string | undefined;

/** The engine's version, as reports, user agents and documents carry it. */
export const version = typeof __SWARMGATE_VERSION__ === "string" ? __SWARMGATE_VERSION__ : "0.0.0-source";
