import { Suspense } from "react";
import { Job } from "@/components/administration/job";
import { operations } from "@/lib/messages/operations";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(operations, "job");

export default function Page() {
  return (
    <Suspense>
      <Job />
    </Suspense>
  );
}
