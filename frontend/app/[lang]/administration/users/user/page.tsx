import { Suspense } from "react";
import { User } from "@/components/administration/user";
import { people } from "@/lib/messages/people";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(people, "user");

export default function Page() {
  return (
    <Suspense>
      <User />
    </Suspense>
  );
}
