"""Trying a changed policy: the test bench, cases and dry runs. Under `settings/<code>/framework/`."""

from django.urls import path

from categorisation.views import bench, cases, dry_runs

urlpatterns = [
    path("bench/", bench.bench, name="bench"),
    path("cases/", cases.case_list, name="case-list"),
    path("cases/keep/", cases.case_keep, name="case-keep"),
    path("cases/<str:public_id>/change/", cases.case_change, name="case-change"),
    path("cases/<str:public_id>/remove/", cases.case_remove, name="case-remove"),
    path("dry-runs/", dry_runs.dry_run_list, name="dry-run-list"),
    path("dry-runs/start/", dry_runs.dry_run_start, name="dry-run-start"),
    path("dry-runs/<str:public_id>/", dry_runs.dry_run_detail, name="dry-run-detail"),
    path("dry-runs/<str:public_id>/stop/", dry_runs.dry_run_stop, name="dry-run-stop"),
    path("dry-runs/<str:public_id>/schools/", dry_runs.dry_run_moves, name="dry-run-moves"),
    path("dry-runs/<str:public_id>/schools/<int:urn>/", dry_runs.dry_run_move, name="dry-run-move"),
]
