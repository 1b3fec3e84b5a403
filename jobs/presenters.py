"""What people see of a job: its progress panel, the same words with JavaScript and without."""

import datetime as dt
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from jobs.choices import JobStatus
from jobs.models import Job
from jobs.registry import registry

_COLOURS = {  # of the GOV.UK tag, beside its words
    JobStatus.QUEUED: "grey",
    JobStatus.RUNNING: "blue",
    JobStatus.DONE: "green",
    JobStatus.FAILED: "red",
    JobStatus.CANCELLED: "grey",
}
_CAN_LEAVE = "You can leave this page; the work goes on without it."
_STEP = 25  # per cent: how often progress is spoken; every second would drown a screen reader's user


@dataclass(frozen=True, slots=True)
class Panel:
    """`percent` is None when the total is not known. `step` names what was last spoken, so that it is spoken once."""

    job: Job
    title: str
    status: str
    colour: str
    words: str  # one sentence: where the work stands
    spoken: str  # a shorter one, for screen readers
    step: str
    count: str  # "1,200 of 24,473", or nothing
    percent: int | None
    message: str
    error: str
    finished: bool
    poll_url: str  # of the panel alone; empty when no page serves it


def panel(job: Job, now: dt.datetime) -> Panel:
    """Runs no query."""
    kind = registry.kinds.get(job.kind)
    title = kind.title if kind else "Working"
    status = JobStatus(job.status)
    percent = _percent(job)
    step = (
        status.value if status != JobStatus.RUNNING else f"{status.value}-{(percent or 0) // _STEP * _STEP}"
    )
    words = _words(job, status, now)
    return Panel(
        job=job,
        title=title,
        status=status.label,
        colour=_COLOURS[status],
        words=words,
        spoken=f"{title}: {percent} per cent done."
        if percent and not job.is_finished
        else f"{title}: {status.label.lower()}. {words}",
        step=step,
        count=_count(job),
        percent=percent,
        message=job.progress_message if status == JobStatus.RUNNING else "",
        error=job.error,
        finished=job.is_finished,
        poll_url=_poll_url(job),
    )


def _percent(job: Job) -> int | None:
    if job.status == JobStatus.RUNNING and job.progress_total:
        return min(100, job.progress_done * 100 // job.progress_total)
    return None


def _count(job: Job) -> str:
    if job.status != JobStatus.RUNNING or not job.progress_done:
        return ""
    if job.progress_total is None:
        return f"{job.progress_done:,} so far"
    return f"{job.progress_done:,} of {job.progress_total:,}"


def _words(job: Job, status: JobStatus, now: dt.datetime) -> str:
    if status == JobStatus.QUEUED:
        if job.attempts:
            wait = round((job.run_after - now).total_seconds())
            return (
                f"It did not work and will be tried again in {_duration(wait)}."
                if wait > 0
                else "It did not work and is about to be tried again."
            )
        return f"It starts as soon as a worker is free. {_CAN_LEAVE}"
    if status == JobStatus.RUNNING:
        return "Stopping." if job.cancel_requested_at else _CAN_LEAVE
    if status == JobStatus.DONE:
        return f"Done{_took(job)}."
    if status == JobStatus.CANCELLED:
        return "Stopped because somebody asked for it."
    return "Not done."


def _took(job: Job) -> str:
    if job.started_at is None or job.finished_at is None:
        return ""
    return f" in {_duration(round((job.finished_at - job.started_at).total_seconds()))}"


def _duration(seconds: int) -> str:
    if seconds < 1:
        return "less than a second"
    if seconds < 120:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    return f"{round(seconds / 60)} minutes"


def _poll_url(job: Job) -> str:
    try:
        return reverse("workspace:job-panel", args=[job.public_id])
    except NoReverseMatch:
        return ""
