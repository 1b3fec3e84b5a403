import pytest

from jobs.choices import JobStatus
from jobs.models import OutboxMessage
from tests.visits.conftest import AT
from visits import actions


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quick_pdf")
def test_the_head_is_told_of_a_released_report_by_unattended_work(final, adviser, head, run_jobs):
    actions.release_report(note=final, by=adviser, at=AT)
    done = {job.kind: job for job in run_jobs()}
    assert done["visits.tell_of_report"].status == JobStatus.DONE
    assert done["visits.tell_of_report"].result == {"told": 1}
    assert OutboxMessage.objects.get().to == head.email
