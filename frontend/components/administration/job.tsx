"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { AdministrationPage } from "./frame";
import { JOBS, JobState } from "./jobs";
import { Confirm } from "../ui/dialog";
import { Facts } from "../ui/facts";
import { Loaded } from "../ui/loaded";
import { data } from "@/lib/api";
import { cancelTask, readTask, retryTask } from "@/lib/client/sdk.gen";
import type { TaskRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { operations } from "@/lib/messages/operations";
import { useMay, useSession } from "@/lib/use-session";

const AGAIN = 2_000; // milliseconds until a job that is not finished is looked at again
const alive = ({ status }: TaskRead) => status === "queued" || status === "running";

/** A job: how far it is, what went wrong, and running it again. */
export function Job() {
  const { t, language } = useWords(operations);
  const { status } = useSession();
  const parameters = useSearchParams();
  const id = parameters.get("id") ?? "";
  const from = parameters.get("from");
  const job = useQuery({
    queryKey: ["job", id],
    enabled: status === "in" && id !== "",
    queryFn: ({ signal }) => data(readTask({ path: { task_id: id }, signal })),
    refetchInterval: ({ state }) => (state.data && alive(state.data) ? AGAIN : false),
  });
  return (
    <AdministrationPage title={<bdi>{job.data?.name ?? t("job")}</bdi>} back={{ href: `/${language}/administration/jobs${from ? `?${from}` : ""}`, name: t("jobs") }}>
      {id ? <Loaded query={job}>{(found) => <Whole job={found} />}</Loaded> : <p className="text-quiet">{t("missing")}</p>}
    </AdministrationPage>
  );
}

function Whole({ job }: { job: TaskRead }) {
  const { t, language, moment } = useWords(operations);
  const may = useMay();
  const { user } = useSession();
  const changes = [JOBS, ["job", job.id]];
  const progress = job.progress_total ? t("progressOf", { done: job.progress_done ?? 0, total: job.progress_total }) : null;
  const author = !job.enqueued_by ? (
    t("service")
  ) : may("users.view") ? (
    <Link href={`/${language}/administration/users/user?id=${job.enqueued_by}`} prefetch={false}>
      {t("aUser")}
    </Link>
  ) : (
    t("aUser")
  );
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-x-12 gap-y-8 wide:grid-cols-[minmax(0,1fr)_18rem]">
      <Facts
        label={t("facts")}
        rows={[
          [t("state"), <JobState key="state" status={job.status} />],
          [t("progress"), progress && [progress, job.progress_message].filter(Boolean).join(" · ")],
          [t("tries"), t("triesOf", { done: job.attempt, most: job.max_attempts })],
          [t("startedBy"), author],
          [t("made"), moment(job.created_at)],
          [t("dueAt"), moment(job.scheduled_for)],
          [t("started"), job.started_at && moment(job.started_at)],
          [t("finished"), job.finished_at && moment(job.finished_at)],
        ]}
      />
      <div className="flex min-w-0 flex-col gap-8 wide:order-first">
        <div className="flex flex-wrap gap-4 empty:hidden">
          {!alive(job) && job.status !== "succeeded" && may("tasks.retry") && (
            <Confirm
              look="plain"
              label={t("retry")}
              title={t("retryTitle", { name: job.name })}
              text={t("retryText")}
              action={t("retry")}
              send={() => data(retryTask({ path: { task_id: job.id } }))}
              invalidates={changes}
            />
          )}
          {alive(job) && (may("tasks.cancel") || job.enqueued_by === user) && (
            <Confirm
              label={t("cancelJob")}
              title={t("cancelJobTitle", { name: job.name })}
              text={t("cancelJobText")}
              action={t("cancelJob")}
              send={() => data(cancelTask({ path: { task_id: job.id } }))}
              invalidates={changes}
            />
          )}
        </div>
        {job.error && <Written title={t("error")} text={job.error} />}
        {job.result !== null && job.result !== undefined && <Written title={t("result")} text={JSON.stringify(job.result, null, 2)} />}
      </div>
    </div>
  );
}

function Written({ title, text }: { title: string; text: string }) {
  return (
    <section>
      <h2 className="mb-2 text-20 font-semibold">{title}</h2>
      <pre dir="ltr" tabIndex={0} role="group" aria-label={title} className="overflow-x-auto rounded border border-line p-4 text-13 whitespace-pre-wrap">
        {text}
      </pre>
    </section>
  );
}
