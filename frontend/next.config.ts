import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { NextConfig } from "next";

/** A name of what is built, so that the same sources give the same files. */
function contents(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const config: NextConfig = {
  output: "export",
  images: { unoptimized: true },
  reactStrictMode: true,
  generateBuildId: () => {
    const hash = createHash("sha256");
    for (const folder of ["app", "components", "lib", "public"])
      for (const file of contents(join(__dirname, folder))) hash.update(file.slice(__dirname.length)).update(readFileSync(file));
    return hash.update(readFileSync(join(__dirname, "package-lock.json"))).digest("hex").slice(0, 16);
  },
};

export default config;
