/** Whether a link of the bar leads to where one is, or above it: the same path, and all that the link says in its query. */
export function isHere(link: string, path: string, query: URLSearchParams): boolean {
  const [at = "", asked] = link.split("?");
  const first = at.split("/").length < 3; // `/en` is above every page
  return (first ? path === at : `${path}/`.startsWith(`${at}/`)) && [...new URLSearchParams(asked)].every(([name, value]) => query.get(name) === value);
}
