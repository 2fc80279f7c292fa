import type { NextConfig } from "next";

const config: NextConfig = {
  output: "export",
  images: { unoptimized: true },
  reactStrictMode: true,
  typescript: { ignoreBuildErrors: true }, // `npm run check` looks at types; whoever only starts the service need not wait for it
  // `page.dev.tsx` is a page of `npm run dev` alone.
  pageExtensions: process.env.NODE_ENV === "development" ? ["dev.tsx", "tsx"] : ["tsx"],
  // A name of what is built, so that the same sources give the same files: scripts/make_ui.py tells it.
  generateBuildId: () => process.env.UI_SOURCE ?? "by-hand",
};

export default config;
