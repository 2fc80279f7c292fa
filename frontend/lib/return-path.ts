/** Where to go after signing in: a path of this service, or home. Never another origin (CWE-601). */
export function returnPath(wanted: string | null | undefined, home: string): string {
  if (!wanted?.startsWith("/") || wanted.length > 2000) return home;
  const base = "https://here.invalid";
  let url: URL;
  try {
    url = new URL(wanted, base);
  } catch {
    return home;
  }
  return url.origin === base && !url.pathname.startsWith("//") ? url.pathname + url.search + url.hash : home;
}
