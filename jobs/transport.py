"""Kombu's file-system transport, made safe against a writer that dies half-way.

Kombu opens a message's file under its final name and then writes it; a reader that comes between finds half a
message and the exception ends the whole worker. Here a message appears whole, by a rename, or not at all.
"""

import logging
import os
import uuid
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any

from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps

logger = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # as kombu's
        folder = Path(self.data_folder_out)
        part = folder / f"{uuid.uuid4()}.part"
        part.write_bytes(str_to_bytes(dumps(payload)))
        # Readers take the names in order; the clock is the machine's own, so they come as they were sent.
        os.rename(part, folder / f"{monotonic() * 1000:015.0f}_{part.stem}.{queue}.msg")

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        try:
            return super()._get(queue)
        except (
            ValueError
        ):  # not one of ours, or cut short by a full disk: kombu has moved it out of the queue
            logger.exception("A message in the queue's folder could not be read.")
            raise Empty from None


class Transport(filesystem.Transport):
    Channel = Channel
