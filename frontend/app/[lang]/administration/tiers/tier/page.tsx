import { Suspense } from "react";
import { Tier } from "@/components/administration/tier";
import { operations } from "@/lib/messages/operations";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(operations, "tier");

export default function Page() {
  return (
    <Suspense>
      <Tier />
    </Suspense>
  );
}
