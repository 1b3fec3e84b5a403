"""How gunicorn serves the product, embedded and grown. WEB_CONCURRENCY sets the number of processes."""

import os

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"  # a slow reader holds a thread, not a process
threads = 4
timeout = 60
graceful_timeout = 8  # under what bin/serve and the containers wait before they kill
max_requests = 5000  # a fresh process now and then, so that no leak grows for ever
max_requests_jitter = 500
loglevel = "warning"
control_socket_disable = True  # it would be a file outside DATA_DIR
