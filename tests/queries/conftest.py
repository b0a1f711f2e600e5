"""Offices with one published version, made once per module and copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lib import settings
from tests.queries.build import random_world
from tests.queries.office import SMALL, build, office


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> dict[str, Path]:
    """Folders of two offices with one published version: a single case, and a random world."""
    folders = {name: tmp_path_factory.mktemp(name) for name in ("small", "random")}
    for name, raw in (("small", SMALL), ("random", random_world(6))):
        build(office(folders[name], raw))
    return folders


@pytest.fixture
def small(published, tmp_path) -> settings.Settings:
    """An office of its own with one case and one published version."""
    return copy_of(published["small"], tmp_path)


@pytest.fixture
def varied(published, tmp_path) -> settings.Settings:
    """An office of its own with a random world and one published version."""
    return copy_of(published["random"], tmp_path)


def copy_of(folder: Path, target: Path) -> settings.Settings:
    """The settings of a copy of an office."""
    shutil.copytree(folder, target, dirs_exist_ok=True)
    return settings.load(environment={"TUNTAS_DATA": str(target)})
