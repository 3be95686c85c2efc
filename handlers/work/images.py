"""Reading which exact images the versions of a service are."""

from __future__ import annotations

import logging

from handlers import artefacts
from handlers.ports import PortError
from handlers.work.bench import Bench

log = logging.getLogger(__name__)


def read_images(tools: Bench, service: str) -> None:
    """Ask for the images of versions that have none on record yet, and look at the newest again."""
    image = tools.setup.services[service].image
    if image is None or not artefacts.runs_in_containers(tools.setup, service):
        return
    with tools.store.read() as session:
        versions = artefacts.to_ask_for(session, tools.setup, service)
    found: dict[str, tuple[str, str]] = {}
    for version in versions:
        try:
            found[version] = tools.images.resolve(image, version), ""
        except PortError as error:
            found[version] = "", error.message
            if not error.permanent:
                # Who does not answer for one will not for the others; the next round asks again.
                log.warning("the images of %s could not be read: %s", service, error.message)
                break
    with tools.store.write() as session:
        artefacts.record(session, tools.setup, service, found)
