"use client";

import { usePathname } from "next/navigation";
import { Suspense, useEffect, useRef } from "react";
import { WhoCanHelp } from "./who-can-help";
import { Page } from "../shell/page";
import { ButtonLink } from "../ui/button";
import { NotRefreshed } from "../ui/loaded";
import { Broken, Empty, Note, Skeleton } from "../ui/notices";
import { Tabs } from "../ui/tabs";
import { Trouble } from "@/lib/api";
import { useWords } from "@/lib/i18n";
import { tenants } from "@/lib/messages/tenants";
import { sectionPath, type TenantSection } from "@/lib/tenant-sections";
import { hasSection, useInside, useTenant, useTenantId, useTenantSections, type Inside } from "@/lib/tenants";
import { useTold } from "@/lib/told";

interface TenantPageProps {
  section: TenantSection;
  children: (inside: Inside) => React.ReactNode;
}

/** A page of a team: its name, its parts, and one of them. Who may not see it reads who can help. */
export function TenantPage({ section, children }: TenantPageProps) {
  const { t, language } = useWords(tenants);
  return (
    <Page
      title={
        <Suspense fallback={t("team")}>
          <Name />
        </Suspense>
      }
      back={{ href: `/${language}/tenants`, name: t("allTeams") }}
      under={
        <div className="min-h-12">
          <Suspense>
            <Parts here={section} />
          </Suspense>
        </div>
      }
      signedIn
    >
      <Part section={section}>{children}</Part>
    </Page>
  );
}

/** What was done on the page before. */
export function Told() {
  const told = useTold();
  if (!told) return null;
  return (
    <div className="pt-4">
      <Note>
        <p role="status">{told}</p>
      </Note>
    </div>
  );
}

function Name() {
  const { t } = useWords(tenants);
  const id = useTenantId();
  const { data: tenant } = useTenant(id);
  const name = useRef<HTMLElement>(null);
  const before = useRef(id);
  useEffect(() => {
    // Another team at the same page is heard as another page is.
    if (before.current !== id && document.activeElement === document.body) name.current?.closest("h1")?.focus({ preventScroll: true });
    before.current = id;
  }, [id]);
  return <bdi ref={name} dir="auto">{tenant?.name ?? t("team")}</bdi>;
}

const tabOf = ({ path, of = "" }: TenantSection): string => path + of;

function Parts({ here }: { here: TenantSection }) {
  const { t, language } = useWords(tenants);
  const id = useTenantId();
  const { inside } = useInside(id);
  const sections = useTenantSections();
  if (!inside) return null;
  const shown = sections.filter((section) => hasSection(inside, section));
  return (
    <Tabs
      label={t("parts")}
      here={tabOf(here)}
      tabs={shown.map((section) => ({ id: tabOf(section), name: section.title ?? t(section.name), href: `/${language}${sectionPath(id, section)}` }))}
    />
  );
}

function Part({ section, children }: TenantPageProps) {
  const { t, language } = useWords(tenants);
  const path = usePathname();
  const { inside, error, again } = useInside(useTenantId());
  const all = <ButtonLink href={`/${language}/tenants`}>{t("allTeams")}</ButtonLink>;
  if (error instanceof Trouble && error.code === "TENANT_SUSPENDED") {
    return (
      <Empty title={t("suspended")}>
        <p className="mb-6">{error.detail}</p>
        {all}
      </Empty>
    );
  }
  if (error && !inside) {
    return (
      <Broken error={error} again={again}>
        {all}
      </Broken>
    );
  }
  if (!inside) return <Skeleton />;
  const closed = inside.tenant.status !== "active" && (
    <div className="py-4">
      <Note>{t("inactiveNote")}</Note>
    </div>
  );
  if (closed && !section.whenClosed) return closed;
  if (!hasSection(inside, section)) return <WhoCanHelp inside={inside} section={section} />;
  return (
    <div key={`${path} ${inside.tenant.id} ${section.of ?? ""}`}>
      {closed}
      {error && <NotRefreshed error={error} again={again} />}
      <Told />
      {children(inside)}
    </div>
  );
}

