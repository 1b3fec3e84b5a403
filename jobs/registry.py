"""What unattended work exists: rooms register handlers in their `tasks.py` and schedules in their `periodic.py`.

@task("schools.apply_import")
def apply_import(work: Work) -> dict[str, Any]: ...

@on("inspection_recorded", key=lambda payload: f"{payload['school_id']}")
@task("interventions.reconcile_register")
def reconcile_register(work: Work) -> dict[str, Any]: ...

@every(days=1, name="schools.expire_returns")
def expire_returns(now: datetime) -> None: ...   # enqueues jobs; does no work itself
"""
