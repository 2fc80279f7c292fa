// After `openapi-ts`: what each operation of the API asks for, so that pages show what the signed-in person may do.
import { readFileSync, writeFileSync } from "node:fs";

const { paths } = JSON.parse(readFileSync("build/openapi.json", "utf8"));
const lines = [];
for (const [path, item] of Object.entries(paths))
  for (const [method, operation] of Object.entries(item)) {
    const asks = { method: method.toUpperCase(), path };
    const permission = operation["x-permission"];
    if (permission) asks.permissions = [permission].flat();
    if (operation["x-permission-scope"] === "tenant") asks.inTenant = true;
    if (operation["x-step-up"]) asks.stepUp = true;
    lines.push(`  ${operation.operationId}: ${JSON.stringify(asks)},`);
  }
writeFileSync(
  "lib/client/operations.gen.ts",
  `// This file is auto-generated: \`make ui-client\`

/** What an operation asks for. The service is the guard; pages hide what would be refused. */
export interface Operation {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** As the API has it, its parameters in braces. */
  path: string;
  /** Codes of permissions: of the platform, or inside the tenant. */
  permissions?: readonly string[];
  /** It is about a tenant, and its permissions are held there. */
  inTenant?: true;
  /** It wants a fresh proof of who calls. */
  stepUp?: true;
}

export const OPERATIONS = {
${lines.sort().join("\n")}
} as const satisfies Record<string, Operation>;
`,
);
