"""Alur: what came, what left, what stayed, what is stuck, and when the backlog is gone."""

import streamlit as st

from lib.web import filters, flow, flow_ahead, flow_stuck, links
from lib.web.session import require_scope

scope = require_scope()

choice = links.arrive("alur")
shown = flow.figures(scope, choice)

st.title("Alur")
links.back("alur", choice)
flow.headline(scope, choice)
filters.bar(choice, scope.provinces)
if flow.nothing(shown):
    st.stop()

flow.figure_cards(choice, shown)
flow.stock_by_month(scope, choice)
flow.ages(choice, shown)
flow_stuck.stuck(scope, choice, shown)
flow.returned(shown)
flow_ahead.ahead(scope, choice)
