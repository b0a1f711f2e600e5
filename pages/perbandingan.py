"""Perbandingan: which differences and which months are more than chance, without naming anybody best or worst."""

from dataclasses import replace

import streamlit as st

from lib.web import comparison, filters, links, overview
from lib.web.session import require_scope

scope = require_scope()

choice = links.arrive("perbandingan")

st.title("Perbandingan")
comparison.introduction()
filters.bar(choice, scope.provinces)

# A province is shown among all others, so that only an empty database ends the page.
if not overview.sent(scope, replace(choice, provinsi="")):
    st.stop()

kode, adjusted = comparison.measure_choice(choice)
comparison.provinces(scope, choice, kode, adjusted=adjusted)
comparison.control(scope, choice)
comparison.staff(scope, choice, kode, adjusted=adjusted)
