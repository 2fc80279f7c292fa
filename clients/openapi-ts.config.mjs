/** How @hey-api/openapi-ts makes the TypeScript client. */
export default {
  input: "./build/openapi.json",
  output: { path: "./build/typescript", module: { extension: ".js" } },
};
