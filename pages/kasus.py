"""Kasus: the list of cases behind every number."""

import streamlit as st

from lib.web import case_list, filters, links
from lib.web.session import require_scope

scope = require_scope()

choice = links.arrive("kasus")
st.title("Kasus")
links.back("kasus", choice)
filters.bar(choice, scope.provinces)

asked = case_list.wanted(choice)
case_list.controls(choice, asked)
case_list.whole_work(choice)
case_list.one_case(scope, choice)
case_list.listing(scope, asked)
