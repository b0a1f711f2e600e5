"""Pendamping: who needs help with the work, how even the load is, and one pendamping's cases."""

import streamlit as st

from lib.web import cache, counts, filters, links, team, worker_person, workers
from lib.web.session import require_scope

scope = require_scope()

choice = links.arrive("pendamping")
case_filter = choice.case_filter()
figures = cache.measured(scope, counts.known(workers.CARDS), case_filter).set_index("kode", drop=False)
staff = cache.workers(scope, case_filter)

st.title("Pendamping")
links.back("pendamping", choice)
workers.headline(scope, choice, figures, staff)
filters.bar(choice, scope.provinces)
workers.figure_cards(choice, figures)
workers.chosen_person(choice)

if not workers.no_load(figures, staff):
    workers.distribution(scope, choice, staff)
if len(staff):
    workers.staff_list(scope, choice, staff)
worker_person.person(scope, choice, staff)
workers.team_flow(scope, choice)
if len(staff):
    team.times(scope, choice, staff)
team.staff_profile(scope, choice, staff)
