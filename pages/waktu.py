"""Waktu: what becomes of cases day by day, how fast, and which step keeps them waiting."""

import streamlit as st

from lib.web import filters, links, times, times_steps
from lib.web.session import require_scope

scope = require_scope()

choice = links.arrive("waktu")
st.title("Waktu")
links.back("waktu", choice)
filters.bar(choice, scope.provinces)

asked = times.asked(scope, choice)
if not times.headline(scope, asked):
    st.stop()

times.outcomes(scope, asked)
times.speed(scope, asked)
times.groups(scope, asked)
times.views(scope, asked)
times.closing(scope, asked)
times_steps.steps(scope, asked)
