"""Klaster: five clusters and two further groups, or the 12 PAS, down to the 26 kinds."""

import streamlit as st

from lib import text
from lib.web import clusters, filters, links, services
from lib.web.session import require_scope

scope = require_scope()

choice = links.arrive("klaster")
total = clusters.figures(scope, choice)

st.title("Klaster")
links.back("klaster", choice)
st.markdown(f"#### {text.headline(total, place=filters.place(scope, choice))}")
filters.bar(choice, scope.provinces)
if clusters.nothing(total):
    st.stop()

shown = clusters.view(scope, choice)
clusters.reconciled(scope, choice, shown, total)
clusters.composition_and_corong(scope, choice, shown)
clusters.speeds(scope, choice, shown, total)
clusters.group(scope, choice, shown)
clusters.kinds(scope, choice, shown)
services.services(scope, choice, shown)
