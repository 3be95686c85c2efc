"""Reading which exact images the versions of a service are."""

from __future__ import annotations

import logging

from handlers import artefacts
from handlers.ports import PortError
from handlers.work.bench import Bench

log = logging.getLogger(__name__)


def _exact(tools: Bench, name: str, version: str, commit: str) -> str:
    """What is built here has its commit as its tag; else, and where somebody else has pushed it
    before, it is the version."""
    service = tools.setup.services[name]
    image = service.image or ""
    if service.build is not None:
        try:
            return tools.images.resolve(image, commit)
        except PortError as error:
            if not error.permanent:
                raise
    return tools.images.resolve(image, version)


def read_images(tools: Bench, service: str) -> None:
    """Ask for the images of versions that have none on record yet, and look at the newest again."""
    setup = tools.setup
    if setup.services[service].image is None or not artefacts.runs_in_containers(setup, service):
        return
    with tools.store.read() as session:
        versions = artefacts.to_ask_for(session, setup, service)
    found: dict[str, tuple[str, str]] = {}
    for version, commit in versions.items():
        try:
            found[version] = _exact(tools, service, version, commit), ""
        except PortError as error:
            found[version] = "", error.message
            if not error.permanent:
                # Who does not answer for one will not for the others; the next round asks again.
                log.warning("the images of %s could not be read: %s", service, error.message)
                break
    with tools.store.write() as session:
        artefacts.record(session, tools.setup, service, found)
