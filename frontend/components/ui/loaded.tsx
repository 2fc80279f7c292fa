"use client";

import { Button } from "./button";
import { Broken, Note, Skeleton, useOnline } from "./notices";
import { Trouble } from "@/lib/api";
import { isGone } from "@/lib/gone";
import { useWords } from "@/lib/i18n";

interface Query<T> {
  data: T | undefined;
  error: Error | null;
  refetch: () => unknown;
}

/** What a query brought. Once it is there, a refresh that fails is said above it, and takes away nothing that was written. */
export function Loaded<T>({ query: { data, error, refetch }, rows, children }: { query: Query<T>; rows?: number; children: (data: T) => React.ReactNode }) {
  const again = () => void refetch();
  if (error && (data === undefined || isGone(error))) return <Broken error={error} again={again} />;
  if (data === undefined) return <Skeleton rows={rows} />;
  return (
    <>
      {error && <NotRefreshed error={error} again={again} />}
      {children(data)}
    </>
  );
}

/** Above what is on the page: that it could not be refreshed. */
export function NotRefreshed({ error, again }: { error: Error; again: () => void }) {
  const { t } = useWords();
  const offline = error instanceof Trouble && error.status === null;
  useOnline(offline ? again : undefined);
  return (
    <div role="status" className="py-4">
      <Note kind="late">
        <p>
          {offline ? `${t("offline")} ${t("offlineAdvice")}` : t("broken")}{" "}
          <Button kind="quiet" onClick={again}>
            {t("again")}
          </Button>
        </p>
      </Note>
    </div>
  );
}
