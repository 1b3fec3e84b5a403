from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from jobs.choices import JobStatus
from jobs.models import Job, OutboxMessage, PeriodicRun


class Command(BaseCommand):
    help = "Lists unattended work that is not finished or failed, e-mail that needs a person, schedules that failed."

    def handle(self, **_options: Any) -> None:
        jobs = Job.objects.filter(status__in=[JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.FAILED])
        self._list(
            "Work",
            [
                f"{job.public_id}  {job.get_status_display():8}  {job.kind}  "
                f"attempt {job.attempts} of {job.max_attempts}  {self._time(job.created_at)}  {job.error}"
                for job in jobs
            ],
        )
        self._list(
            "E-mail",
            [
                f"{message.get_status_display()}  {message.to}  {self._time(message.created_at)}  {message.error}"
                for message in OutboxMessage.objects.needing_attention()
            ],
        )
        self._list(
            "Schedules",
            [f"{run.name}  {run.error}" for run in PeriodicRun.objects.exclude(error="")],
        )

    def _list(self, heading: str, lines: list[str]) -> None:
        self.stdout.write(f"{heading}: {len(lines) or 'nothing'}")
        for line in lines:
            self.stdout.write(f"  {line.rstrip()}")

    def _time(self, at: Any) -> str:
        return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
