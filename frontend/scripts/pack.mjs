// After `next build`: what the service has to know of each file, and its compressed forms.
//   node scripts/pack.mjs [FOLDER]
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const BUILT = "out";
const SITE = process.argv[2] ?? "../packages/fondasi/src/fondasi/ui/site";
const TYPES = {
  ".html": "text/html; charset=utf-8", ".txt": "text/plain; charset=utf-8", ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8", ".json": "application/json", ".svg": "image/svg+xml", ".woff2": "font/woff2",
  ".png": "image/png", ".ico": "image/x-icon",
};
const COMPRESSED = new Set([".html", ".txt", ".js", ".css", ".json", ".svg"]);
const SCRIPT = /<script\b([^>]*)>([\s\S]*?)<\/script>/g;

/** The policy of a page: its own inline scripts by their hashes, and nothing from elsewhere. */
function policy(html) {
  const hashes = [...html.matchAll(SCRIPT)]
    .filter(([, attributes, script]) => !/\bsrc=/.test(attributes) && script)
    .map(([, , script]) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`);
  return [
    "default-src 'none'", `script-src 'self' ${[...new Set(hashes)].join(" ")}`.trim(), "style-src 'self'", "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:", "font-src 'self'", "connect-src 'self'", "worker-src 'self'", "manifest-src 'self'",
    "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
  ].join("; ");
}

/** Where a file is served: pages without their ending. */
function address(path) {
  if (extname(path) !== ".html") return `/${path}`;
  return `/${path.replace(/(^|\/)index\.html$/, "").replace(/\.html$/, "")}`;
}

/** Whose pages they are: a page in a folder `(casnet)` of `app` is there where the module casnet runs. */
const app = await readdir("app", { withFileTypes: true, recursive: true });
const owners = app
  .filter((entry) => entry.name === "page.tsx")
  .map((entry) => entry.parentPath.split("/"))
  .flatMap((folders) => {
    const group = folders.find((folder) => folder.startsWith("("));
    return group ? [{ module: group.slice(1, -1), page: folders.slice(2).filter((folder) => folder !== group).join("/") }] : [];
  });

/** The module whose page a file belongs to. */
function owner(path) {
  const within = path.slice(path.indexOf("/") + 1); // the language
  return owners.find(({ page }) => within.startsWith(`${page}.`) || within.startsWith(`${page}/`))?.module;
}

const entries = await readdir(BUILT, { withFileTypes: true, recursive: true });
const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(BUILT.length + 1)).sort();
await rm(SITE, { recursive: true, force: true });
const files = {};
for (const path of paths) {
  if (path.startsWith("_not-found")) continue; // the same as 404.html
  const ending = extname(path);
  const type = TYPES[ending];
  if (!type) throw new Error(`pack: ${path} has no media type here: add it to TYPES in scripts/pack.mjs`);
  const content = await readFile(join(BUILT, path));
  const target = join(SITE, "files", path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
  const encodings = [];
  if (COMPRESSED.has(ending) && content.length > 1000) {
    await writeFile(`${target}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
    await writeFile(`${target}.gz`, gzipSync(content, { level: 9 }));
    encodings.push("br", "gzip");
  }
  files[address(path)] = {
    path, type, hash: createHash("sha256").update(content).digest("hex"), encodings,
    immutable: path.startsWith("_next/static/"), module: owner(path),
    ...(ending === ".html" && { policy: policy(content.toString()) }),
  };
}
await writeFile(join(SITE, "manifest.json"), `${JSON.stringify({ source: process.env.UI_SOURCE ?? null, languages: ["id", "en", "ar"], files }, null, 1)}\n`);
console.log(`pack: ${paths.length} files`);
