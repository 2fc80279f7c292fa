// The whole API: what no page calls is left out of the pages. `make ui-client` writes lib/client from it.
export default {
  input: "./build/openapi.json",
  output: { path: "lib/client", postProcess: [] },
  plugins: ["@hey-api/client-fetch", "@hey-api/typescript", "@hey-api/sdk"],
};
