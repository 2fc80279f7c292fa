"use client";

import { useSearchParams } from "next/navigation";
import { useEffect } from "react";
import { Private } from "../shell/private";
import { TenantPage, Told } from "../tenants/tenant-page";
import { Back } from "../ui/back";
import { Loaded } from "../ui/loaded";
import { Broken, Skeleton } from "../ui/notices";
import { Trouble } from "@/lib/api";
import { useWords } from "@/lib/i18n";
import { rows } from "@/lib/messages/rows";
import { rowsApi, rowsPath, useRowPages, type Row, type RowPages } from "@/lib/rows";
import { useBrand, useSite } from "@/lib/site";
import { useTenantSections, type Inside } from "@/lib/tenants";
import { useArrival } from "@/lib/use-arrival";
import { useMay, useMe, useSession } from "@/lib/use-session";

/** The pages of a resource, and what whoever looks may do there. */
export interface Shown {
  pages: RowPages;
  /** The id of the team; `""` outside of teams. */
  tenant: string;
  api: ReturnType<typeof rowsApi>;
  /** Whether they may make one, or change this one. */
  mayWrite: (row?: Row) => boolean;
  href: (page: "rows" | "row" | "row/edit", more?: Record<string, string>) => string;
}

interface FrameProps {
  /** A page for whoever is signed in, whoever may see the list. */
  signedIn?: boolean;
  children: (shown: Shown) => React.ReactNode;
}

const MISSING = new Trouble(404, {}, null, null);

/** A page of rows outside of teams. */
export function RowsFrame({ signedIn = false, children }: FrameProps) {
  const of = useSearchParams().get("of") ?? "";
  const pages = useRowPages(of);
  const elsewhere = of === "" || pages.data?.tenant;
  const refused = !pages.data && pages.error instanceof Trouble && pages.error.status === 401;
  return (
    <main id="main" className="mx-auto max-w-page px-4 pt-2 pb-16">
      {elsewhere ? (
        <Broken error={MISSING} />
      ) : refused ? (
        <Private>
          <Again ask={() => void pages.refetch()} />
        </Private>
      ) : (
        <Loaded query={pages}>
          {(found) => {
            const page = (
              <Rights key={of} pages={found} tenant="">
                {children}
              </Rights>
            );
            return signedIn || found.view !== null ? <Private>{page}</Private> : page;
          }}
        </Loaded>
      )}
    </main>
  );
}

/** What strangers were refused is asked for again, once somebody is signed in. */
function Again({ ask }: { ask: () => void }) {
  useEffect(ask, []);
  return <Skeleton />;
}

/** A page of rows of a team. */
export function TenantRowsFrame({ children }: FrameProps) {
  const of = useSearchParams().get("of") ?? "";
  const site = useSite();
  const section = useTenantSections().find((each) => each.of === of && of !== "");
  return (
    <TenantPage section={section ?? { path: "/rows", name: "parts", of }}>
      {(inside) =>
        section ? (
          <TenantRows of={of} inside={inside}>
            {children}
          </TenantRows>
        ) : site.data ? (
          <Broken error={MISSING} />
        ) : site.error ? (
          <Broken error={site.error} again={() => void site.refetch()} />
        ) : (
          <Skeleton />
        )
      }
    </TenantPage>
  );
}

function TenantRows({ of, inside, children }: FrameProps & { of: string; inside: Inside }) {
  const pages = useRowPages(of);
  return (
    <Loaded query={pages}>
      {(found) => (
        <Rights pages={found} tenant={inside.tenant.id} may={inside.may}>
          {children}
        </Rights>
      )}
    </Loaded>
  );
}

function Rights({ pages, tenant, may, children }: FrameProps & { pages: RowPages; tenant: string; may?: Inside["may"] }) {
  const { language } = useWords();
  const { status } = useSession();
  const { data: me } = useMe();
  const mayHere = useMay();
  const holds = may ?? mayHere;
  const { edit, moderate, owned, writes } = pages;
  return children({
    pages,
    tenant,
    api: rowsApi(pages, tenant),
    mayWrite: (row) =>
      writes && status === "in" && (edit === null || holds(edit)) && (!owned || !row || row.owner_id === me?.id || (moderate !== null && holds(moderate))),
    href: (page, more) => `/${language}${rowsPath(pages.name, tenant, page, more)}`,
  });
}

/** The title of the window. */
export function useWindowTitle(title: string | undefined): void {
  const brand = useBrand();
  useEffect(() => {
    if (title) document.title = `${title} – ${brand}`;
  }, [title, brand]);
}

interface SceneProps {
  shown: Shown;
  title: React.ReactNode;
  back: { href: string; name: string };
  children: React.ReactNode;
}

/** What a page of one row is: the way back, its title, and what follows. In a team its name stands above. */
export function Scene({ shown: { tenant }, title, back, children }: SceneProps) {
  const Heading = tenant ? "h2" : "h1";
  const heading = useArrival(!tenant);
  return (
    <>
      <p className="pt-4 text-15">
        <Back {...back} />
      </p>
      <Heading ref={heading} tabIndex={tenant ? undefined : -1} className={`pt-4 pb-4 font-serif font-semibold break-words outline-none ${tenant ? "text-26" : "text-34"}`}>
        {title}
      </Heading>
      {!tenant && <Told />}
      {children}
    </>
  );
}

/** What a field is called. */
export function useLabel({ fields }: RowPages): (name: string) => string {
  const { t } = useWords(rows);
  const known: Record<string, string> = { created_at: t("made"), updated_at: t("changed"), owner_id: t("owner") };
  return (name) => fields[name]?.label ?? known[name] ?? spelled(name);
}

/** A name in the code as people write it. */
export function spelled(name: string): string {
  const words = name.replace(/_id$/, "").replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
