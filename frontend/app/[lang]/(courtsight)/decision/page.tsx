import type { Metadata } from "next";
import { Suspense } from "react";
import { Decision } from "@/components/decision";

export const metadata: Metadata = { title: "Decision" };

export default function Page() {
  return (
    <Suspense>
      <Decision />
    </Suspense>
  );
}
