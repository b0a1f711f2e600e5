"""Mutu data: when each province sent, how far its data can be relied on, what is to be put right; and the import."""

import streamlit as st

from lib import measure
from lib.web import filters, intake_log, quality, quality_delay, quality_province
from lib.web.session import require_scope

scope = require_scope()

choice = filters.current("mutu_data")

st.title("Mutu data")
found = quality.answer(scope)
quality.headline(scope, found)

# The import is made when it is opened: the framework's own words of a file chooser are English beneath ours.
about, importing = st.tabs(["Mutu", "Impor"], key="mutu_atau_impor", on_change="rerun")
with about:
    if len(scope.provinces) > 1:
        quality.provinces(scope, found)
        quality.grades(scope, found)
    provinsi = quality.chooser(scope, choice)
    if provinsi:
        quality_province.to_do(scope, found, provinsi)
        quality_province.parts(scope, found, provinsi)
    if len(scope.provinces) == 1:
        quality.how_graded()

    place = provinsi or measure.ALL_PROVINCES
    quality_province.fields(scope, found, place)
    if len(scope.provinces) > 1:
        quality.all_fields(found)
    quality_province.oddities(scope, found, place)
    if len(scope.provinces) > 1:
        quality.all_findings(found)
    else:
        quality.provinces(scope, found)
    quality_delay.section(scope)
if importing.open:
    with importing:
        intake_log.sections(scope)
