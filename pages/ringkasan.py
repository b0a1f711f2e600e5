"""Ringkasan: the national picture in ten seconds."""

import streamlit as st

from lib.web import decisions, filters, overview, overview_map
from lib.web.session import require_scope

scope = require_scope()

choice = filters.current("ringkasan")
case_filter = choice.case_filter()

st.title("Ringkasan")
overview.headline(scope, choice)
filters.bar(choice, scope.provinces)

overview.cards(scope, choice)
decisions.beside(scope, overview.SHOWN, choice.provinsi)
if overview.sent(scope, choice):
    overview.corong_and_stock(scope, choice)
    overview.results(scope, choice)
    overview_map.provinces(scope, choice)
    overview.needs_attention(scope, choice)
    overview.trends(scope, case_filter)
    overview.clusters(scope, case_filter)
