// The part of the API that the pages call. `make ui-client` writes lib/client from it.
export default {
  input: "./build/openapi.json",
  output: { path: "lib/client", postProcess: [] },
  parser: {
    filters: {
      operations: {
        include: [
          "POST /api/v1/legal-search/search",
          "GET /api/v1/legal-search/documents/{document_id}",
          "GET /api/v1/legal-search/documents/{document_id}/citations",
          "GET /api/v1/legal-search/documents/{document_id}/cited-by",
          "GET /api/v1/legal-search/documents/{document_id}/similar",
          "GET /api/v1/legal-search/stats",
          "GET /api/v1/legal-search/facets",
          "GET /api/v1/legal-search/suggest",
        ],
      },
    },
  },
  plugins: ["@hey-api/client-fetch", "@hey-api/typescript", "@hey-api/sdk"],
};
