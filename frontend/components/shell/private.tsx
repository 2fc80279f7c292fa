"use client";

import dynamic from "next/dynamic";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { Suspense, useEffect, useRef, useState } from "react";
import { Broken, Skeleton } from "../ui/notices";
import { useWords } from "@/lib/i18n";
import { accessToken } from "@/lib/session";
import { useSession } from "@/lib/use-session";

const SessionEnded = dynamic(() => import("./session-ended").then((all) => all.SessionEnded), { ssr: false });

/**
 * A page for whoever is signed in. Others are sent to sign in, and come back; who signs out is led to the first page. When the
 * session ends meanwhile, the page stays as it is behind the question to sign in again; another account gets a page of its own.
 */
export function Private({ children }: { children: React.ReactNode }) {
  return (
    <Suspense fallback={<Skeleton />}>
      <Gate>{children}</Gate>
    </Suspense>
  );
}

function Gate({ children }: { children: React.ReactNode }) {
  const { language } = useWords();
  const { status, user } = useSession();
  const router = useRouter();
  const path = usePathname();
  const query = useSearchParams().toString();
  const [trouble, setTrouble] = useState<Error | null>(null);
  const [tries, setTries] = useState(0);

  const was = useRef(false);

  useEffect(() => {
    if (status === "in" || status === "ended") {
      was.current = true;
      return;
    }
    if (was.current) {
      router.replace(`/${language}`);
      return;
    }
    let here = true;
    // A browser that has forgotten that it was signed in may still be.
    accessToken().then(
      (token) => {
        if (here && !token) router.replace(`/${language}/sign-in?return=${encodeURIComponent(path + (query && `?${query}`))}`);
      },
      (error: Error) => here && setTrouble(error),
    );
    return () => {
      here = false;
    };
  }, [status, tries]);

  if (status === "in" || status === "ended") {
    return (
      <div key={user}>
        {children}
        {status === "ended" && <SessionEnded />}
      </div>
    );
  }
  if (!trouble) return <Skeleton />;
  return (
    <Broken
      error={trouble}
      again={() => {
        setTrouble(null);
        setTries(tries + 1);
      }}
    />
  );
}
