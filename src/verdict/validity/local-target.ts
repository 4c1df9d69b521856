/** Whether a URL leads to this machine. */
export function isLocal(host: string | null): boolean {
  return host !== null && /^(?:https?:\/\/)?(?:localhost|127\.[\d.]+|\[::1\])(?::\d+)?(?:\/|$)/i.test(host);
}
